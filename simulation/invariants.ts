import type { ApiRequest } from '../src/api/request.ts'
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../src/api/types.ts'
import type { Millis } from '../src/base/clock.ts'
import type { StoreEvent } from '../src/store/store.ts'
import type { World } from './world.ts'

/** How long ago a pod may have been ready when the next one is created: caches lag, most of all behind a broken watch. */
const SEEN_READY_MS = 60_000
const REVISION_LABEL = 'controller-revision-hash'
const SET_CONTROLLER = 'statefulset-controller'

/** A promise that the cluster broke. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
  constructor(invariant: string, at: Millis, what: string) {
    super(`${invariant} at ${new Date(at).toISOString()}: ${what}`)
  }
}

/**
 * Watches a run. The names are those of the list of invariants in `docs/simulation.md`: I1 one running
 * container set an identity, I3 claims are never lost, I4 order of creation and scale-down, I10 deletions
 * hit the pod that was decided on.
 */
export class Invariants {
  readonly #world: World
  readonly #lastReady = new Map<string, Millis>()
  readonly #claimUids = new Map<string, string>()
  readonly reached = { podsCreated: 0, podsDeleted: 0, claimsCreated: 0, rollouts: 0 }
  #violation: InvariantViolation | undefined

  constructor(world: World) {
    this.#world = world
    world.observe = (component, request) => this.#request(component, request)
    for (const resource of ['pods', 'persistentvolumeclaims']) {
      world.store.watch({ resource }, world.store.revision, {
        events: (events) => {
          for (const event of events) this.#event(event)
        },
        progress: () => {},
      })
    }
  }

  /** @throws InvariantViolation the first that was seen */
  async check(): Promise<void> {
    this.#noteReady()
    await this.#oneRunningPod()
    if (this.#violation !== undefined) throw this.#violation
  }

  #fail(invariant: string, what: string): void {
    this.#violation ??= new InvariantViolation(invariant, this.#world.clock.now(), what)
  }

  /** I1 */
  async #oneRunningPod(): Promise<void> {
    const uids = new Map<string, string>()
    for (const { namespace, name, uid } of await this.#world.runningPods()) {
      const identity = `${namespace}/${name}`
      const other = uids.get(identity)
      if (other !== undefined && other !== uid) this.#fail('I1', `${identity} runs twice: ${other} and ${uid}`)
      uids.set(identity, uid)
    }
  }

  #noteReady(): void {
    for (const pod of this.#world.objects<Pod>('pods')) {
      if (isReady(pod)) this.#lastReady.set(pod.metadata.name, this.#world.clock.now())
    }
  }

  #event(event: StoreEvent): void {
    if (event.key.resource === 'pods') this.#podEvent(event)
    else this.#claimEvent(event)
  }

  #podEvent(event: StoreEvent): void {
    const pod = event.current.object as Pod
    if (isReady(pod)) this.#lastReady.set(pod.metadata.name, this.#world.clock.now())
    if (event.type === 'deleted') this.reached.podsDeleted += 1
    if (event.type !== 'created') return
    this.reached.podsCreated += 1
    this.#createdInOrder(pod)
    this.#claimIsThere(pod)
  }

  /** I4, first half */
  #createdInOrder(pod: Pod): void {
    const set = this.#setOf(pod)
    if (set === undefined || set.spec.podManagementPolicy === 'Parallel') return
    for (let lower = 0; lower < ordinalOf(pod.metadata.name); lower++) {
      const name = `${set.metadata.name}-${lower}`
      const ready = this.#lastReady.get(name)
      if (ready === undefined || this.#world.clock.now() - ready > SEEN_READY_MS) {
        this.#fail('I4', `${pod.metadata.name} was created though ${name} was not ready`)
      }
    }
  }

  /** I3: before the pod */
  #claimIsThere(pod: Pod): void {
    for (const volume of pod.spec.volumes ?? []) {
      const claim = volume.persistentVolumeClaim?.claimName
      if (claim !== undefined && !this.#claimUids.has(claim))
        this.#fail('I3', `${pod.metadata.name} was created before its claim ${claim}`)
    }
  }

  /** I3: the same claim for ever */
  #claimEvent(event: StoreEvent): void {
    const { name, uid } = (event.current.object as PersistentVolumeClaim).metadata
    if (event.type === 'deleted') this.#fail('I3', `the claim ${name} was deleted under the policy Retain`)
    const known = this.#claimUids.get(name)
    if (known !== undefined && known !== uid) this.#fail('I3', `the claim ${name} changed its uid`)
    if (known === undefined) this.reached.claimsCreated += 1
    this.#claimUids.set(name, uid)
  }

  #request(component: string, request: ApiRequest): void {
    if (component !== SET_CONTROLLER || request.verb !== 'delete' || request.resource !== 'pods') return
    const body = request.body as { readonly preconditions?: { readonly uid?: string } } | undefined
    const name = request.name ?? ''
    if (body?.preconditions?.uid === undefined) this.#fail('I10', `${name} is deleted without saying which one`)
    this.#highestFirst(name)
  }

  /**
   * I4, second half: scale-down takes the highest, and waits until it is gone. A pod of an old revision
   * may be in the middle of a rollout that a cache, a moment behind, still shows at the old size.
   */
  #highestFirst(name: string): void {
    const set = this.#world
      .objects<StatefulSet>('statefulsets.apps')
      .find((one) => name.startsWith(`${one.metadata.name}-`))
    const ordinal = ordinalOf(name)
    if (set === undefined || set.spec.podManagementPolicy === 'Parallel' || ordinal < (set.spec.replicas ?? 1)) return
    const higher = this.#world
      .objects<Pod>('pods')
      .filter((pod) => this.#setOf(pod) === set && ordinalOf(pod.metadata.name) > ordinal)
    const own = this.#world.objects<Pod>('pods').find((pod) => pod.metadata.name === name)
    const isOld = own?.metadata.labels?.[REVISION_LABEL] !== set.status?.updateRevision
    if (higher.length > 0 && !isOld) this.#fail('I4', `${name} is scaled away before ${higher[0]?.metadata.name}`)
  }

  #setOf(pod: Pod): StatefulSet | undefined {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
    return this.#world.objects<StatefulSet>('statefulsets.apps').find(({ metadata }) => metadata.uid === owner?.uid)
  }
}

export const ordinalOf = (name: string): number => Number(/-(\d+)$/.exec(name)?.[1] ?? -1)

export const isReady = (pod: Pod): boolean =>
  pod.status?.phase === 'Running' &&
  (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')
