import { isAlreadyExists } from '../../api/error.ts'
import type { Draft, KubeObject } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Call } from '../call.ts'
import type { Core } from '../core.ts'
import { create } from '../handlers/create.ts'
import { formatIpv4, parseIpv4Range } from '../ipv4_range.ts'
import { DEFAULT_SERVICE_RANGE } from '../server_deps.ts'
import { bootstrapApiServices } from './api_services.ts'
import { bootstrapFlowControl } from './flow_control.ts'
import { bootstrapRoles } from './roles.ts'
import { type Bootstrapped, ensureAsItIs, factsOf, type ResourceTriple, SERVER_USER } from './stored.ts'

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
  await Promise.all(NAMESPACES.map((name) => ensure(core, ['', 'v1', 'namespaces'], { metadata: { name } })))
  const now = toRfc3339(core.deps.clock.now())
  const objects = [
    ...bootstrapRoles(),
    ...bootstrapFlowControl(now),
    ...bootstrapApiServices(now),
    serviceCidr(core, now),
  ]
  await Promise.all([
    ...PRIORITY_CLASSES.map((draft) => ensure(core, ['scheduling.k8s.io', 'v1', 'priorityclasses'], draft)),
    ...objects.map((object) => ensureAsItIs(core, object)),
    ensure(core, ['', 'v1', 'services'], kubernetesService(core), 'default'),
    ...authorityOf(core).map((draft) => ensure(core, ['', 'v1', 'configmaps'], draft, 'kube-system')),
  ])
}

/** What servers that extend the API read to know who a client certificate belongs to. */
function authorityOf({ deps: { clientAuthority } }: Core): Draft<KubeObject>[] {
  if (clientAuthority === undefined) return []
  const metadata = { name: 'extension-apiserver-authentication' }
  return [{ metadata, data: { 'client-ca-file': clientAuthority } } as Draft<KubeObject>]
}

const serviceRange = ({ deps }: Core): string => deps.serviceRange ?? DEFAULT_SERVICE_RANGE

/** The addresses of services as an object, for those who read it; the range itself is an option of the server. */
function serviceCidr(core: Core, now: string): Bootstrapped {
  const ready = {
    type: 'Ready',
    status: 'True',
    lastTransitionTime: now,
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
  }
  return {
    resource: ['networking.k8s.io', 'v1', 'servicecidrs'],
    draft: {
      metadata: { name: 'kubernetes' },
      spec: { cidrs: [serviceRange(core)] },
      status: { conditions: [ready] },
    },
  }
}

/** The service by which pods reach the API; it has no selector, as no pod serves it. */
function kubernetesService(core: Core): Draft<KubeObject> {
  const range = parseIpv4Range(serviceRange(core))
  const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: core.deps.advertise?.port ?? 6443 }]
  return {
    metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { clusterIP: formatIpv4(range.first + 1), ports, sessionAffinity: 'None', type: 'ClusterIP' },
  } as Draft<KubeObject>
}

async function ensure(core: Core, triple: ResourceTriple, draft: Draft<KubeObject>, namespace?: string) {
  const facts = factsOf(triple)
  const [group, version, resource] = triple
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
