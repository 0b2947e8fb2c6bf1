import { PODS, STATEFUL_SETS } from '../src/api/resources.ts'
import type { Pod, StatefulSet } from '../src/api/types.ts'
import type { Millis } from '../src/base/clock.ts'
import type { Random } from '../src/base/random.ts'
import { drawFaults, NO_FAULTS } from './faults.ts'
import { Invariants, InvariantViolation, isReady, ordinalOf } from './invariants.ts'
import { agentName, World } from './world.ts'

/** What one run came to. */
export interface RunResult {
  readonly seed: string
  /** Equal for equal seeds, in any process. */
  readonly history: string
  readonly records: number
  /** Virtual time that passed. */
  readonly elapsedMs: Millis
  readonly reached: Readonly<Record<string, number>>
  /** The broken promise, if one was. */
  readonly violation: string | undefined
}

const NAMESPACE = 'default'
const SET = 'web'
/** Promises are checked this often, besides at every change of a pod or claim. */
const QUANTUM_MS = 100
const OPERATIONS = 6
const REPLICAS_MAX = 4
const BETWEEN_OPERATIONS_MS = 20_000
/** Without faults everything settles within this; the longest back-off is part of it. */
const SETTLE_MS = 1_200_000

/** Creates, rolls, scales and deletes a set under faults, then lets everything settle and looks at the end. */
export async function runScenario(seed: string): Promise<RunResult> {
  const world = await World.create(seed)
  const began = world.clock.now()
  const invariants = new Invariants(world)
  let violation: string | undefined
  try {
    await new Scenario(world, invariants).play()
  } catch (thrown) {
    if (!(thrown instanceof InvariantViolation)) throw thrown
    violation = thrown.message
  }
  await world.end()
  return {
    seed,
    history: world.history.toString(),
    records: world.history.records,
    elapsedMs: world.clock.now() - began,
    reached: invariants.reached,
    violation,
  }
}

class Scenario {
  readonly #world: World
  readonly #invariants: Invariants
  readonly #random: Random
  #replicas = 1
  #image = 1

  constructor(world: World, invariants: Invariants) {
    this.#world = world
    this.#invariants = invariants
    this.#random = world.random.fork('workload')
  }

  async play(): Promise<void> {
    await this.#world.begin()
    this.#world.faults = drawFaults(this.#world.random.fork('faults'))
    this.#scheduleCrashes()
    await this.#createSet()
    for (let count = 0; count < OPERATIONS; count++) {
      await this.#pass(this.#random.integer(BETWEEN_OPERATIONS_MS))
      await this.#operation()
    }
    await this.#pass(BETWEEN_OPERATIONS_MS)
    this.#world.faults = NO_FAULTS
    await this.#settles(() => this.#hasWhatItWants(), 'the set has what its spec wants')
    await this.#act(this.#world.user.delete(STATEFUL_SETS, { namespace: NAMESPACE, name: SET }))
    await this.#settles(() => this.#pods().length === 0, 'the pods of the deleted set are gone')
  }

  /** Virtual time passes; promises are checked on the way. */
  async #pass(spanMs: Millis): Promise<void> {
    const end = this.#world.clock.now() + spanMs
    while (this.#world.clock.now() < end) {
      await this.#world.clock.advance(Math.min(QUANTUM_MS, end - this.#world.clock.now()))
      await this.#invariants.check()
    }
  }

  async #settles(reached: () => boolean, what: string): Promise<void> {
    const end = this.#world.clock.now() + SETTLE_MS
    while (!reached()) {
      if (this.#world.clock.now() > end) {
        throw new InvariantViolation(
          'C1',
          this.#world.clock.now(),
          `after ${SETTLE_MS / 1000} s without faults it is not so that ${what}`,
        )
      }
      await this.#pass(1_000)
    }
  }

  /** A user's request: it needs virtual time to pass. Refusals (a conflict, a pod that is gone) are the user's luck. */
  async #act(request: Promise<unknown>): Promise<void> {
    let over = false
    request.then(
      () => (over = true),
      () => (over = true),
    )
    while (!over) await this.#pass(1)
  }

  #scheduleCrashes(): void {
    const crashes = this.#world.random.fork('crashes')
    this.#crashAgain(
      'controllers',
      () => this.#world.faults.controllersCrashMs,
      () => this.#world.startControllers(),
      crashes,
    )
    for (let index = 0; index < this.#world.runtimes.length; index++) {
      const start = () => this.#world.startAgent(index)
      this.#crashAgain(agentName(index), () => this.#world.faults.agentCrashMs, start, crashes.fork(agentName(index)))
    }
  }

  #crashAgain(process: string, meanMs: () => Millis, start: () => void, random: Random): void {
    const mean = meanMs()
    if (mean === 0) return
    this.#world.clock.after(random.fraction() * 2 * mean, () => {
      if (meanMs() === 0) return
      this.#world.crash(process)
      this.#world.clock.after(random.integer(3_000), () => {
        start()
        this.#crashAgain(process, meanMs, start, random)
      })
    })
  }

  async #createSet(): Promise<void> {
    this.#replicas = 1 + this.#random.integer(REPLICAS_MAX)
    await this.#act(
      this.#world.user.create(STATEFUL_SETS, setNamed(SET, this.#replicas, this.#random.integer(4) === 0)),
    )
  }

  async #operation(): Promise<void> {
    const patch = (spec: object) =>
      this.#world.user.patch(STATEFUL_SETS, { namespace: NAMESPACE, name: SET }, { type: 'strategic', body: { spec } })
    switch (this.#random.integer(4)) {
      case 0:
      case 1:
        this.#replicas = this.#random.integer(REPLICAS_MAX + 1)
        return this.#act(patch({ replicas: this.#replicas }))
      case 2:
        this.#image += 1
        this.#invariants.reached.rollouts += 1
        return this.#act(
          patch({ template: { spec: { containers: [{ name: 'web', image: `image:${this.#image}` }] } } }),
        )
      default: {
        const pods = this.#pods()
        const victim = pods[this.#random.integer(Math.max(1, pods.length))]
        if (victim === undefined) return
        return this.#act(this.#world.user.delete(PODS, { namespace: NAMESPACE, name: victim.metadata.name }))
      }
    }
  }

  #pods(): readonly Pod[] {
    return this.#world.objects<Pod>('pods').filter((pod) => pod.metadata.namespace === NAMESPACE)
  }

  #hasWhatItWants(): boolean {
    const set = this.#world.objects<StatefulSet>('statefulsets.apps').find(({ metadata }) => metadata.name === SET)
    const pods = this.#pods()
    const ordinals = pods.map((pod) => ordinalOf(pod.metadata.name)).sort((a, b) => a - b)
    const rightOnes = ordinals.length === this.#replicas && ordinals.every((ordinal, index) => ordinal === index)
    const rightImage = pods.every((pod) => pod.spec.containers[0]?.image === `image:${this.#image}` && isReady(pod))
    return rightOnes && rightImage && (set?.status?.readyReplicas ?? 0) === this.#replicas
  }
}

function setNamed(name: string, replicas: number, parallel: boolean) {
  const labels = { app: name }
  return {
    metadata: { namespace: NAMESPACE, name },
    spec: {
      replicas,
      serviceName: name,
      podManagementPolicy: parallel ? 'Parallel' : 'OrderedReady',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 3,
          containers: [{ name: 'web', image: 'image:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  }
}
