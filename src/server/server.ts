import type { Transport, UserInfo } from '../api/request.ts'
import type { KubeObject, Pod, PriorityClass, ResourceQuota, StorageClass } from '../api/types.ts'
import { Backlogs } from '../base/backlogs.ts'
import type { Store } from '../store/store.ts'
import { createAudit } from './access/audit.ts'
import { createAuthorizer } from './access/authorization.ts'
import { createAdmissionChain } from './admission/admission.ts'
import { createBestPractices } from './admission/best_practices.ts'
import type { LimitRange } from './admission/limit_ranger.ts'
import { ADMISSION_PLUGINS } from './admission/plugins.ts'
import { bootstrap } from './bootstrap/bootstrap.ts'
import type { Core } from './core.ts'
import { createFlowSchemas } from './http/flow_schemas.ts'
import { createHttpHandler, createUpgradeHandler, type UpgradeHandler } from './http/http_handler.ts'
import type { HttpHandler } from './http/http_types.ts'
import { createRequestGate } from './http/request_gate.ts'
import { WATCH_BACKLOGS_BYTES_MAX } from './limits.ts'
import { createLocalTransport } from './local_transport.ts'
import { createUsageCollector } from './metrics/collector.ts'
import { Traffic } from './metrics/traffic.ts'
import { DEFAULT_NODE_PORTS, DEFAULT_SERVICE_RANGE, type ServerDeps } from './server_deps.ts'
import { createServiceAllocator } from './service_allocation.ts'
import { headObject } from './storage.ts'
import { watchResource } from './watched.ts'

/** The API server: one door for clients in the same process, one for HTTP. */
export interface Server {
  /** For a client in the same process that acts as `user`: nothing is encoded, everything else is as over HTTP. */
  transport(user: UserInfo): Transport
  /** Request in, response out; needs no socket. */
  readonly http: HttpHandler
  /** Takes over upgraded connections: exec, attach, port-forward. */
  readonly upgrade: UpgradeHandler
  /** Reads what is stored and makes what every cluster has. Answers nothing before that. */
  start(): Promise<void>
  stop(): Promise<void>
}

export function createServer(deps: ServerDeps): Server {
  const { store, clock, random } = deps
  const authorizer = createAuthorizer(store)
  const priorityClasses = watchResource<PriorityClass>(store, 'priorityclasses.scheduling.k8s.io')
  const storageClasses = watchResource<StorageClass>(store, 'storageclasses.storage.k8s.io')
  const ingressClasses = watchResource<KubeObject>(store, 'ingressclasses.networking.k8s.io')
  const limitRanges = watchResource<LimitRange>(store, 'limitranges')
  const pods = watchResource<Pod>(store, 'pods')
  const quotas = watchResource<ResourceQuota>(store, 'resourcequotas')
  const services = createServiceAllocator({
    store,
    random,
    addresses: deps.serviceRange ?? DEFAULT_SERVICE_RANGE,
    ports: deps.nodePortRange ?? DEFAULT_NODE_PORTS,
  })
  const practices = deps.bestPracticeWarnings === true ? createBestPractices(store) : undefined
  const plugins = practices === undefined ? ADMISSION_PLUGINS : [...ADMISSION_PLUGINS, practices.plugin]
  const admission = createAdmissionChain(plugins, {
    store,
    random,
    now: () => clock.now(),
    defaultPriorityClass: () => highestGlobalDefault(priorityClasses.values()),
    defaultStorageClass: () => newestDefault(storageClasses.values(), STORAGE_CLASS_ANNOTATIONS),
    defaultIngressClass: () => newestDefault(ingressClasses.values(), INGRESS_CLASS_ANNOTATIONS),
    podsIn: (namespace) => pods.values(namespace),
    limitRanges: (namespace) => limitRanges.values(namespace),
    quotas: (namespace) => newestOf(store, quotas.values(namespace)),
    authorizer,
  })
  const flows = createFlowSchemas(store)
  const core: Core = {
    deps,
    store,
    admission,
    services,
    authorizer,
    gate: createRequestGate(clock, deps.afterOthers),
    audit: createAudit(clock, random, deps.audit),
    pods,
    backlogs: new Backlogs(WATCH_BACKLOGS_BYTES_MAX),
    traffic: new Traffic(),
    flows,
    ...usageOf(deps),
  }
  const parts = [
    flows,
    authorizer,
    priorityClasses,
    storageClasses,
    ingressClasses,
    limitRanges,
    quotas,
    pods,
    services,
    ...(practices?.parts ?? []),
  ]
  return {
    transport: (user) => createLocalTransport(core, user),
    http: createHttpHandler(core, authorizer),
    upgrade: createUpgradeHandler(core, authorizer),
    async start() {
      for (const part of parts) await part.start()
      await bootstrap(core)
    },
    async stop() {
      for (const part of parts) part.stop()
      core.usage?.stop()
    },
  }
}

function usageOf({ store, clock, log, nodeStats }: ServerDeps): Pick<Core, 'usage'> {
  if (nodeStats === undefined) return {}
  const nodes = async () => (await store.list({ resource: 'nodes' })).items.map(({ key }) => key.name)
  return { usage: createUsageCollector({ nodes, port: nodeStats, clock, log }) }
}

/** What is watched shows durable states; a quota's use has to be compared with the newest one. */
const newestOf = (store: Store, quotas: Iterable<ResourceQuota>): ResourceQuota[] =>
  [...quotas].flatMap(
    ({ metadata: { namespace = '', name } }) => headObject(store, 'resourcequotas', namespace, name) ?? [],
  )

function highestGlobalDefault(classes: Iterable<PriorityClass>): PriorityClass | undefined {
  const defaults = [...classes].filter((one) => one.globalDefault === true)
  return defaults.sort((one, other) => (one.value ?? 0) - (other.value ?? 0))[0]
}

const INGRESS_CLASS_ANNOTATIONS = ['ingressclass.kubernetes.io/is-default-class']
const STORAGE_CLASS_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

/** Of several default classes the newest counts, and of equally new ones the first by name. */
function newestDefault<T extends KubeObject>(classes: Iterable<T>, annotations: readonly string[]): T | undefined {
  const created = (one: T): string => one.metadata.creationTimestamp
  const isDefault = ({ metadata }: T): boolean => annotations.some((name) => metadata.annotations?.[name] === 'true')
  const defaults = [...classes].filter(isDefault)
  return defaults.sort((one, other) => {
    if (created(one) !== created(other)) return created(one) > created(other) ? -1 : 1
    return one.metadata.name < other.metadata.name ? -1 : 1
  })[0]
}
