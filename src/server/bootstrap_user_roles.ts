import type { Draft, KubeObject } from '../api/types.ts'
import type { PolicyRule } from './authorization.ts'

/**
 * The roles that people and service accounts are given in a namespace: `admin`, `edit` and `view`. Each is the sum of all
 * cluster roles with its label, so that custom resources can bring rights of their own; the sums are made by the
 * controller in `src/controllers/role_aggregation`.
 */

const READ = ['get', 'list', 'watch']
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update']

/** What editors write and viewers read, by group, and what both may only read. */
const OBJECTS: Readonly<Record<string, { readonly written: readonly string[]; readonly read: readonly string[] }>> = {
  '': {
    written: [
      'configmaps',
      'events',
      'persistentvolumeclaims',
      'pods',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'serviceaccounts',
      'services',
    ],
    read: [
      'bindings',
      'endpoints',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'persistentvolumeclaims/status',
      'pods/log',
      'pods/status',
      'replicationcontrollers/status',
      'resourcequotas',
      'resourcequotas/status',
      'services/status',
    ],
  },
  apps: {
    written: [
      'daemonsets',
      'deployments',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
    read: [
      'controllerrevisions',
      'daemonsets/status',
      'deployments/status',
      'replicasets/status',
      'statefulsets/status',
    ],
  },
  autoscaling: { written: ['horizontalpodautoscalers'], read: ['horizontalpodautoscalers/status'] },
  batch: { written: ['cronjobs', 'jobs'], read: ['cronjobs/status', 'jobs/status'] },
  'discovery.k8s.io': { written: [], read: ['endpointslices'] },
  'networking.k8s.io': { written: ['ingresses', 'networkpolicies'], read: ['ingresses/status'] },
  policy: { written: ['poddisruptionbudgets'], read: ['poddisruptionbudgets/status'] },
}

/** Secrets and ways into a container give the rights of whatever runs there, so viewers have none of them. */
const EDIT_ONLY: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['secrets', 'services/proxy'], verbs: [...READ, ...WRITE] },
  {
    apiGroups: [''],
    resources: ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'],
    verbs: [...READ, ...WRITE],
  },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] },
  { apiGroups: [''], resources: ['pods/eviction', 'serviceaccounts/token'], verbs: ['create'] },
  { apiGroups: ['apps'], resources: ['deployments/rollback'], verbs: WRITE },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, ...WRITE] },
]

const ADMIN_ONLY: readonly PolicyRule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  {
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: ['rolebindings', 'roles'],
    verbs: [...WRITE, ...READ].sort(),
  },
]

/** The three sums, and the roles that are summed up. */
export function userRoles(): Draft<KubeObject>[] {
  return [
    sum('admin'),
    sum('edit', 'admin'),
    sum('view', 'edit'),
    part('admin', ADMIN_ONLY),
    part('edit', [...EDIT_ONLY, ...rulesOfObjects(({ written }) => written, WRITE)]),
    part(
      'view',
      rulesOfObjects(({ written, read }) => [...written, ...read].sort(), READ),
    ),
  ]
}

const labelOf = (role: string): string => `rbac.authorization.k8s.io/aggregate-to-${role}`

/** Its rules are filled in by the controller; a role that is part of a larger one has that one's label. */
function sum(name: string, larger?: string): Draft<KubeObject> {
  const labels = larger === undefined ? {} : { [labelOf(larger)]: 'true' }
  const clusterRoleSelectors = [{ matchLabels: { [labelOf(name)]: 'true' } }]
  return { metadata: { name, labels }, aggregationRule: { clusterRoleSelectors }, rules: null } as Draft<KubeObject>
}

function part(role: string, rules: readonly PolicyRule[]): Draft<KubeObject> {
  const metadata = { name: `system:aggregate-to-${role}`, labels: { [labelOf(role)]: 'true' } }
  return { metadata, rules } as Draft<KubeObject>
}

function rulesOfObjects(
  resourcesOf: (objects: {
    readonly written: readonly string[]
    readonly read: readonly string[]
  }) => readonly string[],
  verbs: readonly string[],
): PolicyRule[] {
  return Object.entries(OBJECTS)
    .map(([group, objects]) => ({ apiGroups: [group], resources: resourcesOf(objects), verbs }))
    .filter(({ resources }) => resources.length > 0)
}
