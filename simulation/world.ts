import type { ApiRequest, Transport } from '../src/api/request.ts'
import type { Pod } from '../src/api/types.ts'
import { silentLog } from '../src/base/log.ts'
import { type Random, seededRandom } from '../src/base/random.ts'
import { VirtualClock } from '../src/base/virtual_clock.ts'
import type { Client } from '../src/client/client.ts'
import { createInformers } from '../src/client/informers.ts'
import { createClient } from '../src/client/typed_client.ts'
import { createEventRecorder } from '../src/controllers/runtime/event_recorder.ts'
import { createDefaultStorageClass } from '../src/controllers/volumes/default_class.ts'
import { type ControlPlane, componentUser, createControlPlane } from '../src/main/control_plane.ts'
import { type ControllerManager, startControllerManager } from '../src/main/controller_manager.ts'
import { allControllers } from '../src/main/controllers.ts'
import { SimulatedRuntime } from '../src/node/runtime_simulated.ts'
import { SimulatedNodes } from '../src/node/simulated/nodes.ts'
import { MemoryJournal } from '../src/store/memory_journal.ts'
import { createStore } from '../src/store/mvcc.ts'
import type { Store } from '../src/store/store.ts'
import { type Faults, NO_FAULTS } from './faults.ts'
import { type FaultyTransport, faultyTransport, type RequestObserver } from './faulty_transport.ts'
import { HistoryHash, hashedJournal } from './history.ts'
import { slowJournal } from './slow_journal.ts'

const NODES = 3
const SLOWEST_DISK_MS = 3
/** How far back a list that accepts any version may reach, in revisions. */
const STALE_REVISIONS = 60

/** A part that runs, crashes and comes back. */
interface Process {
  readonly transports: FaultyTransport[]
  stop(): void
}

/** A whole cluster in one process, in virtual time: the real server, store, controllers and agents. */
export class World {
  readonly clock = new VirtualClock()
  readonly history = new HistoryHash()
  readonly random: Random
  readonly runtimes: readonly SimulatedRuntime[]
  faults: Readonly<Faults> = NO_FAULTS
  observe: RequestObserver = () => {}
  readonly #store: Store
  readonly #plane: ControlPlane
  readonly #processes = new Map<string, Process>()

  private constructor(random: Random, clock: VirtualClock, history: HistoryHash, store: Store, plane: ControlPlane) {
    this.random = random
    this.clock = clock
    this.history = history
    this.#store = store
    this.#plane = plane
    this.runtimes = Array.from({ length: NODES }, (_, index) => this.#runtime(index))
  }

  /** Makes the control plane; `begin` starts what acts. */
  static async create(seed: string): Promise<World> {
    const random = seededRandom(seed)
    const clock = new VirtualClock()
    const history = new HistoryHash()
    const disk = slowJournal(new MemoryJournal(), { clock, random: random.fork('disk'), slowestMs: SLOWEST_DISK_MS })
    const making = createStore({ journal: hashedJournal(disk, history), clock, log: silentLog, freeze: true })
    await clock.advance(0)
    const store = await making
    const server = createControlPlane({ store, clock, random: random.fork('server'), log: silentLog })
    await clock.advance(5_000)
    return new World(random, clock, history, store, await server)
  }

  get store(): Store {
    return this.#store
  }

  /** A client without faults: the user's. */
  get user(): Client {
    return this.#plane.clientFor('user')
  }

  async begin(): Promise<void> {
    void createDefaultStorageClass(this.user)
    this.startControllers()
    for (let index = 0; index < NODES; index++) this.startAgent(index)
    await this.clock.advance(30_000)
  }

  startControllers(): void {
    const transports: FaultyTransport[] = []
    const random = this.random.fork(`controllers ${this.clock.now()}`)
    const manager: ControllerManager = startControllerManager({
      transportFor: (component) => this.#transport(component, random, transports),
      controllers: allControllers({ featureGates: new Map(), authority: 'simulated', volumes: MEMORY_VOLUMES }),
      clock: this.clock,
      random,
      log: silentLog,
    })
    this.#processes.set('controllers', { transports, stop: () => manager.stop() })
  }

  startAgent(index: number): void {
    const transports: FaultyTransport[] = []
    const name = agentName(index)
    const random = this.random.fork(`${name} ${this.clock.now()}`)
    const { clock } = this
    const client = createClient(this.#transport(name, random, transports))
    const informers = createInformers({ client, clock, log: silentLog })
    const events = createEventRecorder({ client, clock, random, log: silentLog, component: 'kubelet' })
    const nodes = new SimulatedNodes({ client, informers, clock, random, log: silentLog, events })
    const runtime = this.runtimes[index]
    void informers
      .start()
      .then(() => retryForever(clock, () => nodes.add(`node-${index}`, undefined, runtime && { index, runtime })))
    this.#processes.set(name, {
      transports,
      stop: () => {
        nodes.stop()
        informers.stop()
      },
    })
  }

  /** The process is gone at once, in the middle of whatever it did. Containers go on. */
  crash(process: string): void {
    const running = this.#processes.get(process)
    for (const transport of running?.transports ?? []) transport.cut()
    running?.stop()
    this.#processes.delete(process)
  }

  /** The objects of a resource as they are now, durable. */
  objects<T>(resource: string): readonly T[] {
    const listed = this.#store.list({ resource })
    if (listed instanceof Promise) throw new Error('the current state is in memory')
    return listed.items.map(({ object }) => object as T)
  }

  /** Every running container's pod, on any node. */
  async runningPods(): Promise<readonly Pick<Pod['metadata'], 'namespace' | 'name' | 'uid'>[]> {
    const lists = await Promise.all(this.runtimes.map((runtime) => runtime.listContainers()))
    return lists
      .flat()
      .filter(({ state }) => state === 'running')
      .map(({ pod }) => pod)
  }

  async end(): Promise<void> {
    for (const name of [...this.#processes.keys()]) this.crash(name)
    await this.#plane.stop()
  }

  #transport(component: string, random: Random, transports: FaultyTransport[]): Transport {
    const transport = faultyTransport({
      inner: this.#plane.server.transport(componentUser(component)),
      component,
      faults: () => this.faults,
      clock: this.clock,
      random: random.fork(`network ${component}`),
      observe: (who: string, request: ApiRequest) => this.observe(who, request),
      oldVersion: () => this.#oldVersion(random),
    })
    transports.push(transport)
    return transport
  }

  #oldVersion(random: Random): string | undefined {
    const version = this.#store.revision - random.integer(STALE_REVISIONS)
    return version > this.#store.compacted ? String(version) : undefined
  }

  #runtime(index: number): SimulatedRuntime {
    let addresses = 0
    return new SimulatedRuntime({
      clock: this.clock,
      idPrefix: `node-${index}-`,
      nextIp: () => `10.244.${index}.${++addresses}`,
    })
  }
}

export const agentName = (index: number): string => `agent-${index}`

/** An agent's registration fails like any request; its supervisor starts it again. */
function retryForever(clock: VirtualClock, run: () => Promise<unknown>): void {
  run().catch(() => clock.after(1_000, () => retryForever(clock, run)))
}

/** Volumes of simulated containers hold nothing. */
const MEMORY_VOLUMES = { create: async (name: string) => `/simulated/${name}`, delete: async () => {} }
