import type { PolicyRule } from '../access/authorization.ts'
import rolesJson from './roles.json' with { type: 'json' }
import type { Bootstrapped } from './stored.ts'

type SubjectText = readonly [kind: string, name: string, namespace?: string]

interface RoleFacts {
  readonly namespace?: string
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly aggregationRule?: unknown
  readonly rules?: readonly PolicyRule[] | null
}

interface BindingFacts {
  readonly namespace?: string
  readonly name: string
  /** The role or cluster role that is given; a binding in a namespace gives a role of that namespace. */
  readonly role: string
  readonly subjects?: readonly SubjectText[]
}

/** Roles and bindings that every cluster has, as upstream's server makes them. */
const FACTS = rolesJson as unknown as {
  readonly clusterRoles: readonly RoleFacts[]
  readonly clusterRoleBindings: readonly BindingFacts[]
  readonly roles: readonly RoleFacts[]
  readonly roleBindings: readonly BindingFacts[]
}

const READ = ['get', 'list', 'watch']
const NODE_ROLE = 'berth:node'
const NODES: SubjectText = ['Group', 'system:nodes']

/** An agent answers DNS and sets service rules as well, which elsewhere parts with rights of their own do. */
const OWN_ROLES: readonly RoleFacts[] = [
  {
    name: NODE_ROLE,
    rules: [
      {
        apiGroups: [''],
        resources: ['endpoints', 'namespaces', 'persistentvolumeclaims', 'persistentvolumes'],
        verbs: READ,
      },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      { apiGroups: ['storage.k8s.io'], resources: ['csinodes', 'storageclasses', 'volumeattachments'], verbs: READ },
    ],
  },
]
const OWN_BINDINGS: readonly BindingFacts[] = [{ name: NODE_ROLE, role: NODE_ROLE, subjects: [NODES] }]

const RBAC = 'rbac.authorization.k8s.io'
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }

/**
 * The roles that the server itself relies on and those that are there to be given to people, and who holds them from
 * the start. `admin`, `edit` and `view` are sums, which `src/controllers/role_aggregation` adds up.
 */
export function bootstrapRoles(): Bootstrapped[] {
  return [
    ...[...FACTS.clusterRoles, ...OWN_ROLES].map((facts) => role('clusterroles', facts)),
    ...[...FACTS.clusterRoleBindings, ...OWN_BINDINGS].map((facts) => binding('clusterrolebindings', facts)),
    ...FACTS.roles.map((facts) => role('roles', facts)),
    ...FACTS.roleBindings.map((facts) => binding('rolebindings', facts)),
  ]
}

const metadataOf = ({ namespace, name, labels }: RoleFacts) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  labels: { ...LABELS, ...labels },
  annotations: ANNOTATIONS,
})

const role = (resource: string, facts: RoleFacts): Bootstrapped => ({
  resource: [RBAC, 'v1', resource],
  draft: {
    metadata: metadataOf(facts),
    ...(facts.aggregationRule === undefined ? {} : { aggregationRule: facts.aggregationRule }),
    rules: facts.rules ?? null,
  },
})

function binding(resource: string, facts: BindingFacts): Bootstrapped {
  const kind = facts.namespace === undefined ? 'ClusterRole' : 'Role'
  // Nodes get by their group what upstream's node authorizer gives them; `node_reads.ts` takes what concerns others.
  const subjects = facts.name === 'system:node' ? [NODES] : facts.subjects
  return {
    resource: [RBAC, 'v1', resource],
    draft: {
      metadata: metadataOf(facts),
      roleRef: { apiGroup: RBAC, kind, name: facts.role },
      ...(subjects === undefined ? {} : { subjects: subjects.map(subjectOf) }),
    },
  }
}

function subjectOf([kind, name, namespace]: SubjectText): object {
  return kind === 'ServiceAccount' ? { kind, name, namespace } : { apiGroup: RBAC, kind, name }
}
