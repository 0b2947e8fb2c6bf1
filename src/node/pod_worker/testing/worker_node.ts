import { silentLog } from '../../../base/log.ts'
import { seededRandom } from '../../../base/random.ts'
import { VirtualClock } from '../../../base/virtual_clock.ts'
import { createHookRunner } from '../../hooks.ts'
import { PodManager } from '../../pod_manager.ts'
import { createPodProbes } from '../../probes/pod_probes.ts'
import { createSimulatedProbeRunner } from '../../probes/run_probe.ts'
import { SimulatedRuntime } from '../../runtime_simulated.ts'
import { simulatedPreparation } from '../../simulated/preparation.ts'
import { FakePodApi } from '../../testing/fake_pod_api.ts'

/** A node in virtual time: the real pod workers over the simulated runtime. Its agent may be stopped and started. */
export class WorkerNode {
  readonly clock = new VirtualClock()
  readonly api = new FakePodApi(this.clock)
  /** `about reason: message` of each. */
  readonly events: string[] = []
  /** Images that the runtime does not find. */
  readonly missingImages = new Set<string>()
  readonly runtime: SimulatedRuntime
  #manager: PodManager | undefined

  constructor() {
    let addresses = 1
    this.runtime = new SimulatedRuntime({
      clock: this.clock,
      idPrefix: 'c',
      nextIp: () => `10.0.0.${++addresses}`,
      imageExists: (reference) => !this.missingImages.has(reference),
    })
  }

  get manager(): PodManager {
    if (this.#manager === undefined) throw new Error('the agent has not been started')
    return this.#manager
  }

  /** Starts an agent that knows nothing but what it finds. */
  async start(): Promise<void> {
    this.#manager = this.#createManager()
    await this.#manager.start()
  }

  /** Ends the agent; containers go on. */
  stop(): void {
    this.#manager?.stop()
  }

  conditionOf(pod: string, type: string) {
    return this.api.get(pod)?.status?.conditions?.find((one) => one.type === type)
  }

  #createManager(): PodManager {
    const { api, clock, runtime } = this
    const record = (
      about: { readonly metadata: { readonly name: string } },
      _type: string,
      reason: string,
      message: string,
    ) => this.events.push(`${about.metadata.name} ${reason}: ${message}`)
    const run = createSimulatedProbeRunner(runtime)
    const random = seededRandom(1)
    return new PodManager({
      client: api.client(),
      clock,
      log: silentLog,
      events: { record },
      runtime,
      preparation: simulatedPreparation(undefined),
      runHook: createHookRunner({ runtime, clock }),
      node: { hostIps: ['172.30.0.1'], runtimeName: 'simulated' },
      createProbes: (_pod, changed) => createPodProbes({ clock, random, events: { record }, run }, changed),
      pods: api,
      offer: { allocatable: { cpu: '4', memory: '8Gi', pods: '10000' } },
    })
  }
}

export const container = (name: string, more: object = {}) => ({ name, image: `example/${name}:1`, ...more })
