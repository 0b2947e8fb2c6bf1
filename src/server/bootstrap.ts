import { decodeObject } from '../api/decode.ts'
import { isAlreadyExists } from '../api/error.ts'
import { apiVersionOf } from '../api/resource.ts'
import { resourceFacts } from '../api/schema/table.ts'
import type { Draft, KubeObject } from '../api/types.ts'
import { assert } from '../base/assert.ts'
import { MASTERS } from './authorization.ts'
import { bootstrapRoles } from './bootstrap_roles.ts'
import type { Call } from './call.ts'
import { commitState } from './commit.ts'
import type { Core } from './core.ts'
import { ruleContext } from './core.ts'
import { create } from './handlers/create.ts'
import { formatIpv4, parseIpv4Range } from './ipv4_range.ts'
import { setSystemFields } from './metadata.ts'
import { DEFAULT_SERVICE_RANGE } from './server_deps.ts'
import { storeKey } from './storage.ts'

/** Who the server is when it acts on its own. */
const SERVER_USER = { name: 'system:apiserver', groups: [MASTERS, 'system:authenticated'] }

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const CLUSTER_CRITICAL = 2_000_000_000
const PRIORITY_CLASSES: readonly Draft<KubeObject>[] = [
  [
    'system-cluster-critical',
    CLUSTER_CRITICAL,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ] as const,
  [
    'system-node-critical',
    CLUSTER_CRITICAL + 1000,
    'Used for system critical pods that must not be moved from their current node.',
  ] as const,
].map(([name, value, description]) => ({ metadata: { name }, value, description }))

/** Makes what every cluster has, as far as it is not there yet. */
export async function bootstrap(core: Core): Promise<void> {
  for (const name of NAMESPACES) await ensure(core, ['', 'v1', 'namespaces'], { metadata: { name } })
  for (const draft of PRIORITY_CLASSES) await ensure(core, ['scheduling.k8s.io', 'v1', 'priorityclasses'], draft)
  const rbac = ['rbac.authorization.k8s.io', 'v1'] as const
  const { roles, bindings } = bootstrapRoles()
  await Promise.all([
    ...roles.map((role) => ensureAsItIs(core, [...rbac, 'clusterroles'], role)),
    ...bindings.map((binding) => ensureAsItIs(core, [...rbac, 'clusterrolebindings'], binding)),
  ])
  await ensure(core, ['', 'v1', 'services'], kubernetesService(core), 'default')
}

/** The service by which pods reach the API; it has no selector, as no pod serves it. */
function kubernetesService({ deps }: Core): Draft<KubeObject> {
  const range = parseIpv4Range(deps.serviceRange ?? DEFAULT_SERVICE_RANGE)
  const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: deps.advertise?.port ?? 6443 }]
  return {
    metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP: formatIpv4(range.first + 1), ports, sessionAffinity: 'None', type: 'ClusterIP' },
  } as Draft<KubeObject>
}

/** Stores one of the server's own objects without asking anybody: roles have to be there before rights are checked. */
async function ensureAsItIs(core: Core, [group, version, resource]: ResourceTriple, draft: Draft<KubeObject>) {
  const facts = resourceFacts(group, version, resource)
  assert(facts !== undefined, `the table has no ${resource}.${group}/${version}`)
  const { object } = decodeObject(facts.typeName, {
    kind: facts.ref.kind,
    apiVersion: apiVersionOf(facts.ref),
    ...draft,
  })
  setSystemFields(object, ruleContext(core, SERVER_USER))
  await commitState(core.store, storeKey(facts, undefined, String(object.metadata['name'])), undefined, object)
}

type ResourceTriple = readonly [group: string, version: string, resource: string]

async function ensure(
  core: Core,
  [group, version, resource]: ResourceTriple,
  draft: Draft<KubeObject>,
  namespace?: string,
) {
  const facts = resourceFacts(group, version, resource)
  assert(facts !== undefined, `the table has no ${resource}.${group}/${version}`)
  const scope = namespace === undefined ? {} : { namespace }
  const call: Call = {
    user: SERVER_USER,
    request: { verb: 'create', group, version, resource, ...scope, options: { fieldManager: 'kube-apiserver' } },
    target: { facts, subresource: undefined },
    body: { type: 'value', value: draft },
    warnings: [],
    defaultManager: 'kube-apiserver',
  }
  await create(core, call).catch((thrown) => {
    if (!isAlreadyExists(thrown)) throw thrown
  })
}
