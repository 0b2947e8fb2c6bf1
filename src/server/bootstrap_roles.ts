import type { Draft, KubeObject } from '../api/types.ts'
import { MASTERS, type PolicyRule } from './authorization.ts'
import { userRoles } from './bootstrap_user_roles.ts'

interface NamedRole {
  readonly name: string
  readonly rules: readonly PolicyRule[]
  /** Groups that hold the role everywhere. */
  readonly groups: readonly string[]
}

const RBAC = 'rbac.authorization.k8s.io'
const AUTHENTICATED = 'system:authenticated'
const UNAUTHENTICATED = 'system:unauthenticated'
const READ = ['get', 'list', 'watch']

const ROLES: readonly NamedRole[] = [
  {
    name: 'cluster-admin',
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
    groups: [MASTERS],
  },
  {
    name: 'system:discovery',
    rules: [
      {
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/healthz',
          '/livez',
          '/openapi',
          '/openapi/*',
          '/readyz',
          '/version',
          '/version/',
        ],
        verbs: ['get'],
      },
    ],
    groups: [AUTHENTICATED],
  },
  {
    name: 'system:public-info-viewer',
    rules: [
      {
        nonResourceURLs: ['/healthz', '/livez', '/livez/*', '/readyz', '/readyz/*', '/version', '/version/'],
        verbs: ['get'],
      },
    ],
    groups: [AUTHENTICATED, UNAUTHENTICATED],
  },
  {
    name: 'system:monitoring',
    rules: [
      {
        nonResourceURLs: [
          '/healthz',
          '/healthz/*',
          '/livez',
          '/livez/*',
          '/metrics',
          '/metrics/slis',
          '/readyz',
          '/readyz/*',
        ],
        verbs: ['get'],
      },
    ],
    groups: ['system:monitoring'],
  },
  {
    name: 'system:basic-user',
    rules: [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
    groups: [AUTHENTICATED],
  },
  {
    name: 'system:node',
    rules: [
      {
        apiGroups: [''],
        resources: [
          'pods',
          'services',
          'endpoints',
          'nodes',
          'configmaps',
          'secrets',
          'persistentvolumes',
          'persistentvolumeclaims',
          'namespaces',
        ],
        verbs: READ,
      },
      { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete'] },
      { apiGroups: [''], resources: ['pods/status', 'nodes/status'], verbs: ['patch', 'update'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['create', 'patch', 'update'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
      },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      {
        apiGroups: ['storage.k8s.io'],
        resources: ['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments'],
        verbs: READ,
      },
      { apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'], verbs: READ },
    ],
    groups: ['system:nodes'],
  },
]

const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }

/** The roles that the server itself relies on and those that are there to be given to people, and who holds them from the start. */
export function bootstrapRoles(): { roles: Draft<KubeObject>[]; bindings: Draft<KubeObject>[] } {
  const bound = ROLES.filter((role) => role.groups.length > 0)
  return {
    roles: [
      ...ROLES.map(({ name, rules }) => ({ metadata: { name, labels, annotations }, rules })),
      ...userRoles().map((role) => withDefaults(role)),
    ],
    bindings: bound.map(({ name, groups }) => ({
      metadata: { name, labels, annotations },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: groups.map((group) => ({ apiGroup: RBAC, kind: 'Group', name: group })),
    })),
  }
}

function withDefaults({ metadata, ...role }: Draft<KubeObject>): Draft<KubeObject> {
  return { ...role, metadata: { ...metadata, labels: { ...labels, ...metadata.labels }, annotations } }
}
