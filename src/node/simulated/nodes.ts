import { PODS } from '../../api/resources.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import type { Client } from '../../client/client.ts'
import type { Informers } from '../../client/informer.ts'
import { createHookRunner } from '../hooks.ts'
import { NodeRegistration } from '../node_registration.ts'
import { PodManager } from '../pod_manager.ts'
import { type PodSource, PodsByNode } from '../pod_source.ts'
import type { PodEvents, PodPreparation } from '../pod_worker/ports.ts'
import type { WorkerDeps } from '../pod_worker/worker.ts'
import { noProbes } from '../probes/no_probes.ts'
import { createPodProbes } from '../probes/pod_probes.ts'
import { createSimulatedProbeRunner } from '../probes/run_probe.ts'
import { followRelated } from '../related_changes.ts'
import { SimulatedRuntime } from '../runtime_simulated.ts'
import { createNodeStats, type NodeStatsSource } from '../stats/node_stats.ts'
import { describeSimulatedNode, type SimulatedNodeSize, simulatedPodIp } from './description.ts'
import { simulatedPreparation } from './preparation.ts'
import { simulatedUsage } from './usage.ts'

export interface SimulatedNodesDeps {
  readonly client: Client
  /** Shared by all nodes: one watch for each resource. */
  readonly informers: Informers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly events: PodEvents
}

export interface SimulatedNode {
  readonly name: string
  readonly runtime: SimulatedRuntime
  /** Null while the agent is down; its containers go on meanwhile. */
  readonly pods: PodManager | undefined
  /** What its containers would use; derived from what they ask for. */
  readonly stats: NodeStatsSource
  /** The agent stops as if killed. */
  stopAgent(): void
  startAgent(): Promise<void>
}

/** Nodes whose containers are simulated; they cost a lease heartbeat each and nothing else while nothing happens. */
export class SimulatedNodes {
  readonly #deps: SimulatedNodesDeps
  readonly #source: PodsByNode
  readonly #preparation: PodPreparation
  #nodes: SimulatedNodeAgent[] = []
  #nextIndex = 0

  /** Asks `informers` for what it needs: make it before they are started. */
  constructor(deps: SimulatedNodesDeps) {
    this.#deps = deps
    this.#source = new PodsByNode(deps.informers.of(PODS))
    this.#preparation = simulatedPreparation(deps.informers)
    followRelated(deps.informers, (namespace) => {
      for (const node of this.#nodes) node.pods?.relatedChanged(namespace)
    })
  }

  get nodes(): readonly SimulatedNode[] {
    return this.#nodes
  }

  /**
   * Adds a node and resolves when the API shows it ready. The informers must have started. `found` is
   * what an earlier agent of this node left running.
   */
  async add(
    name: string,
    size?: SimulatedNodeSize,
    found?: { readonly index: number; readonly runtime: SimulatedRuntime },
  ): Promise<SimulatedNode> {
    const index = found?.index ?? this.#nextIndex++
    const node = new SimulatedNodeAgent(this.#deps, {
      name,
      index,
      source: this.#source.of(name),
      preparation: this.#preparation,
      ...(size === undefined ? {} : { size }),
      ...(found === undefined ? {} : { runtime: found.runtime }),
    })
    this.#nodes.push(node)
    try {
      await node.startAgent()
    } catch (error) {
      this.#nodes = this.#nodes.filter((one) => one !== node)
      throw error
    }
    return node
  }

  stop(): void {
    for (const node of this.#nodes) node.stopAgent()
  }
}

interface Place {
  readonly name: string
  readonly index: number
  readonly source: PodSource
  readonly preparation: PodPreparation
  readonly size?: SimulatedNodeSize
  readonly runtime?: SimulatedRuntime
}

class SimulatedNodeAgent implements SimulatedNode {
  readonly name: string
  readonly runtime: SimulatedRuntime
  pods: PodManager | undefined
  readonly stats: NodeStatsSource
  readonly #deps: SimulatedNodesDeps
  readonly #place: Place
  #registration: NodeRegistration | undefined

  constructor(deps: SimulatedNodesDeps, place: Place) {
    this.#deps = deps
    this.#place = place
    this.name = place.name
    let addresses = 0
    this.runtime =
      place.runtime ??
      new SimulatedRuntime({
        clock: deps.clock,
        idPrefix: `${place.name}-`,
        nextIp: () => simulatedPodIp(place.index, addresses++),
      })
    const pods = () => this.#measuredPods()
    this.stats = createNodeStats({ nodeName: place.name, pods, usage: simulatedUsage(deps.clock, pods) })
  }

  #measuredPods() {
    return this.pods?.workers() ?? []
  }

  async startAgent(): Promise<void> {
    if (this.pods !== undefined) return
    const node = describeSimulatedNode(this.#place)
    const { client, clock, log } = this.#deps
    this.#registration = new NodeRegistration({ client, clock, log, node })
    this.pods = new PodManager({
      ...this.#workerDeps(node.addresses[0]?.address ?? ''),
      pods: this.#place.source,
      offer: node,
    })
    try {
      await this.#registration.start()
      await this.pods?.start()
    } catch (error) {
      this.stopAgent()
      throw error
    }
  }

  stopAgent(): void {
    this.#registration?.stop()
    this.pods?.stop()
    this.pods = undefined
  }

  #workerDeps(hostIp: string): Omit<WorkerDeps, 'forget'> {
    const { clock, random, events } = this.#deps
    const run = createSimulatedProbeRunner(this.runtime)
    return {
      ...this.#deps,
      runtime: this.runtime,
      preparation: this.#place.preparation,
      actsAtOnce: true,
      runHook: createHookRunner({ runtime: this.runtime, clock }),
      node: { hostIps: [hostIp], runtimeName: 'simulated' },
      createProbes: (pod, changed) =>
        hasProbes(pod) ? createPodProbes({ clock, random, events, run }, changed) : noProbes,
    }
  }
}

type HasProbesPod = Parameters<WorkerDeps['createProbes']>[0]

const hasProbes = (pod: HasProbesPod): boolean =>
  [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some(
    (one) => one.startupProbe !== undefined || one.livenessProbe !== undefined || one.readinessProbe !== undefined,
  )
