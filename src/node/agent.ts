import type { ResourceRef } from '../api/resource.ts'
import { PODS, SERVICES } from '../api/resources.ts'
import type { KubeObject } from '../api/types.ts'
import type { Clock, Timer } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Client, ReadClient } from '../client/client.ts'
import type { Informers } from '../client/informer.ts'
import { createInformers } from '../client/informers.ts'
import { createHookRunner } from './hooks.ts'
import type { HostPort } from './host_port.ts'
import { VOLUME_REFRESH_MS } from './limits.ts'
import { LogRotation } from './log_rotation.ts'
import { type NodeDescription, NodeRegistration } from './node_registration.ts'
import { createNodeStreams } from './node_streams.ts'
import type { ClusterDns } from './pod_files.ts'
import { PodManager } from './pod_manager.ts'
import type { PodEvents } from './pod_worker/ports.ts'
import { createHostPreparation, type HostPreparation } from './preparation/host_preparation.ts'
import type { NodePaths } from './preparation/paths.ts'
import { createPodProbes } from './probes/pod_probes.ts'
import { createProbeRunner } from './probes/run_probe.ts'
import { ReferencedObjects } from './referenced_objects.ts'
import { followRelated } from './related_changes.ts'
import type { ContainerRuntime } from './runtime.ts'
import type { NodeStreams } from './streams.ts'
import { createVolumeSources } from './volumes/sources.ts'

export interface NodeAgentDeps {
  readonly client: Client
  /** For configuration, secrets, claims, volumes and services; may be shared with other parts, and is started here. */
  readonly informers: Informers
  readonly runtime: ContainerRuntime
  readonly host: HostPort
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly events: PodEvents
  readonly node: NodeDescription
  readonly paths: NodePaths
  readonly dns: ClusterDns
}

export interface NodeAgent {
  readonly name: string
  /** Logs and tunnels, for the door that the API server knocks at. */
  readonly streams: NodeStreams
  readonly pods: PodManager
  /** Ends the agent; containers go on. */
  stop(): void
}

/** Starts the agent of one real node. Resolves when the node is Ready and what ran before has been found again. */
export async function startNodeAgent(deps: NodeAgentDeps): Promise<NodeAgent> {
  const { clock, log, node, runtime } = deps
  const ownInformers = createInformers({ client: selecting(deps.client, `spec.nodeName=${node.name}`), clock, log })
  const informers = new ReferencedObjects({ ...deps, others: deps.informers, pods: ownInformers.of(PODS) })
  const hostIps = node.addresses.filter((one) => one.type === 'InternalIP').map((one) => one.address)
  const services = informers.of(SERVICES)
  const preparation = await createHostPreparation({
    ...deps,
    sources: createVolumeSources({ ...deps, informers, looked: (pod) => informers.looked(pod) }),
    services: () => services.list(),
    hostIps,
    allocatable: node.allocatable,
  })
  const pods = createPodManager(deps, { preparation, hostIps, informers: ownInformers })
  const refresher = new VolumeRefresher({ clock, log, pods, preparation })
  followRelated(informers, (namespace) => {
    pods.relatedChanged(namespace)
    refresher.refresh(namespace)
  })
  const registration = new NodeRegistration(deps)
  await Promise.all([ownInformers.start(), informers.start(), registration.start()])
  await pods.start()
  await sweepLeftovers(deps, pods, preparation)
  refresher.start()
  const rotation = new LogRotation({ ...deps, files: deps.host.files, pods })
  rotation.start()
  return {
    name: node.name,
    pods,
    streams: createNodeStreams({ pods, runtime, clock, files: deps.host.files, paths: deps.paths }),
    stop() {
      registration.stop()
      refresher.stop()
      rotation.stop()
      pods.stop()
      ownInformers.stop()
      informers.stop()
    },
  }
}

/** Nothing is swept that a container may still use, nor when the runtime cannot say which there are. */
async function sweepLeftovers(
  { log, runtime }: NodeAgentDeps,
  pods: PodManager,
  preparation: HostPreparation,
): Promise<void> {
  try {
    const inRuntime = new Set(
      [...(await runtime.listSandboxes()), ...(await runtime.listContainers())].map(({ pod }) => pod.uid),
    )
    await preparation.sweep((uid) => inRuntime.has(uid) || pods.workers().some(({ pod }) => pod.metadata.uid === uid))
  } catch (error) {
    log.warn('cannot remove what old pods left', { error: messageOf(error) })
  }
}

interface Made {
  readonly preparation: HostPreparation
  readonly hostIps: readonly string[]
  readonly informers: Informers
}

function createPodManager(deps: NodeAgentDeps, { hostIps, informers, preparation }: Made): PodManager {
  const { clock, events, host, random, runtime } = deps
  const run = createProbeRunner({ runtime, dial: host.dial })
  return new PodManager({
    ...deps,
    preparation,
    pods: informers.of(PODS),
    offer: deps.node,
    runHook: createHookRunner({ runtime, clock, dial: host.dial }),
    node: { hostIps, runtimeName: runtime.version.split(' ')[0] ?? 'containerd' },
    createProbes: (_pod, changed) => createPodProbes({ clock, random, events, run }, changed),
  })
}

/** A client whose lists and watches see only what the field selector lets through. */
function selecting(client: ReadClient, fieldSelector: string): ReadClient {
  return {
    get: (resource, ref) => client.get(resource, ref),
    list: (resource, options) => client.list(resource, { ...options, fieldSelector }),
    watch: <T extends KubeObject>(
      resource: ResourceRef<T>,
      options: Parameters<ReadClient['watch']>[1],
      sink: Parameters<ReadClient['watch']>[2],
    ) => client.watch(resource as unknown as ResourceRef, { ...options, fieldSelector }, sink),
  } as ReadClient
}

interface RefresherDeps {
  readonly clock: Clock
  readonly log: Log
  readonly pods: PodManager
  readonly preparation: HostPreparation
}

/** Brings configuration, secrets and tokens in running pods up to date: at once after a change, and from time to time. */
class VolumeRefresher {
  readonly #deps: RefresherDeps
  #timer: Timer | undefined

  constructor(deps: RefresherDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = this.#deps.clock.after(VOLUME_REFRESH_MS, () => {
      this.refresh(undefined)
      this.start()
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Of one namespace, or of all. */
  refresh(namespace: string | undefined): void {
    for (const { pod } of this.#deps.pods.workers()) {
      if (namespace !== undefined && pod.metadata.namespace !== namespace) continue
      if (pod.metadata.deletionTimestamp !== undefined) continue
      this.#deps.preparation.refresh(pod).catch((error) => {
        this.#deps.log.warn('cannot refresh the volumes of a pod', { pod: pod.metadata.name, error: messageOf(error) })
      })
    }
  }
}
