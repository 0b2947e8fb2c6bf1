import { ApiError } from '../src/api/error.ts'
import type { ApiRequest } from '../src/api/request.ts'
import { NAMESPACES as NAMESPACE_OBJECTS, NODES, PODS } from '../src/api/resources.ts'
import type { KubeObject, Node, Pod } from '../src/api/types.ts'
import type { Random } from '../src/base/random.ts'
import { drawFaults, NO_FAULTS } from './faults.ts'
import { InvariantViolation } from './invariants.ts'
import { metadataOf, NAMESPACES, SORTS, type Sort } from './palette.ts'
import { World } from './world.ts'

/** What one run came to. */
export interface RestResult {
  readonly seed: string
  readonly history: string
  readonly records: number
  readonly made: number
  readonly violation: string | undefined
}

const OPERATIONS = 100
const BETWEEN_OPERATIONS_MS = 4_000
/** The longest back-offs end within this. */
const SETTLE_MS = 1_200_000
const REST_MS = 600_000
/** A part that looks again every few minutes may write once or twice; one that goes round in circles writes hundreds of times. */
const WRITES_AT_REST_MAX = 20

/**
 * Whatever users make, change and delete, with finalizers that nobody removes and owners that never were: when they stop, the
 * cluster comes to rest. Then no part asks the server for a change any more, but for leases and events.
 */
export async function runToRest(seed: string): Promise<RestResult> {
  const world = await World.create(seed)
  const users = new Users(world)
  let violation: string | undefined
  try {
    await world.begin()
    // Every second run has a bad network while users act; it is a good one when they have stopped.
    if (users.random.integer(2) === 0) world.faults = drawFaults(world.random.fork('faults'))
    for (let count = 0; count < OPERATIONS; count++) {
      await users.operate()
      await world.clock.advance(users.random.integer(BETWEEN_OPERATIONS_MS))
    }
    world.faults = NO_FAULTS
    await world.clock.advance(SETTLE_MS)
    await checkRest(world)
  } catch (thrown) {
    if (!(thrown instanceof InvariantViolation)) throw thrown
    violation = thrown.message
  }
  await world.end()
  return {
    seed,
    history: world.history.toString(),
    records: world.history.records,
    made: users.made.length,
    violation,
  }
}

async function checkRest(world: World): Promise<void> {
  const writes = new Map<string, number>()
  world.observe = (component, request) => {
    if (!isWork(request)) return
    const what = `${component}: ${request.verb} ${request.resource} ${request.name ?? ''}`
    writes.set(what, (writes.get(what) ?? 0) + 1)
  }
  await world.clock.advance(REST_MS)
  const busy = [...writes].filter(([, count]) => count > WRITES_AT_REST_MAX)
  if (busy.length === 0) return
  const told = busy.map(([what, count]) => `${what} (${count} times)`).join(', ')
  throw new InvariantViolation('C2', world.clock.now(), `after ${SETTLE_MS / 1000} s of rest still: ${told}`)
}

const READS = ['get', 'list', 'watch']
/** Leases are renewed for ever, and events may tell the same again. */
const isWork = ({ verb, resource }: ApiRequest): boolean =>
  !READS.includes(verb) && resource !== 'leases' && resource !== 'events'

interface Made {
  readonly sort: Sort
  readonly namespace: string
  readonly name: string
}

class Users {
  readonly random: Random
  readonly made: Made[] = []
  readonly #world: World
  #owners: KubeObject[] = []

  constructor(world: World) {
    this.#world = world
    this.random = world.random.fork('users')
  }

  /** One request of a user. Refusals are the user's luck. */
  async operate(): Promise<void> {
    const draw = this.random.integer(11)
    if (draw < 4 || this.made.length === 0) return this.#act(this.#create())
    if (draw < 6) return this.#act(this.#delete())
    if (draw < 7) return this.#act(this.#change())
    if (draw < 8) return this.#act(this.#release())
    if (draw < 9) return this.#act(this.#touchPod())
    if (draw < 10) return this.#act(this.#touchNode())
    return this.#act(this.#touchNamespace())
  }

  async #create(): Promise<void> {
    const sort = SORTS[this.random.integer(SORTS.length)] as Sort
    const name = `x${this.made.length}`
    const metadata = metadataOf(this.random, name, this.#owners)
    this.made.push({ sort, name, namespace: String(metadata['namespace']) })
    const object = await this.#world.user.create(sort.resource, { metadata, spec: sort.spec(this.random) } as never)
    this.#owners = [...this.#owners, object as KubeObject]
  }

  async #delete(): Promise<unknown> {
    const { sort, namespace, name } = this.#one()
    const policies = ['Background', 'Foreground', 'Orphan', undefined] as const
    const propagationPolicy = policies[this.random.integer(policies.length)]
    const options = propagationPolicy === undefined ? {} : { propagationPolicy }
    return this.#world.user.delete(sort.resource, { namespace, name }, options)
  }

  async #change(): Promise<unknown> {
    const one = this.#one()
    const spec = one.sort.change?.(this.random)
    return this.#patch(one, spec === undefined ? { metadata: { labels: { app: 'z' } } } : { spec })
  }

  /** Removes the finalizers of one object. */
  async #release(): Promise<unknown> {
    return this.#patch(this.#one(), { metadata: { finalizers: null } })
  }

  /** Deletes a pod, takes it from its owner, or says that it ended. */
  async #touchPod(): Promise<unknown> {
    const pods = this.#world.objects<Pod>('pods')
    const pod = pods[this.random.integer(Math.max(1, pods.length))]
    if (pod === undefined) return
    const ref = { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }
    const draw = this.random.integer(4)
    if (draw === 0) return this.#world.user.delete(PODS, ref, { gracePeriodSeconds: 0 })
    if (draw === 1) return this.#world.user.delete(PODS, ref)
    if (draw === 2) {
      const phase = this.random.integer(2) === 0 ? 'Failed' : 'Succeeded'
      return this.#world.user.patch(PODS, ref, { type: 'merge', body: { status: { phase } }, subresource: 'status' })
    }
    return this.#world.user.patch(PODS, ref, { type: 'merge', body: { metadata: { labels: { app: 'stray' } } } })
  }

  /** Closes a node to new pods, taints it, or opens it again. */
  async #touchNode(): Promise<unknown> {
    const nodes = this.#world.objects<Node>('nodes')
    const node = nodes[this.random.integer(Math.max(1, nodes.length))]
    if (node === undefined) return
    const taints = [{ key: 'example.com/away', effect: 'NoExecute' }]
    const specs = [{ unschedulable: true }, { taints }, { unschedulable: null, taints: null }]
    const spec = specs[this.random.integer(specs.length)]
    return this.#world.user.patch(NODES, { namespace: '', name: node.metadata.name }, { type: 'merge', body: { spec } })
  }

  /** Makes the namespace that comes and goes, or deletes it with all that is in it. */
  async #touchNamespace(): Promise<unknown> {
    const [, name] = NAMESPACES
    const there = this.#world.objects<KubeObject>('namespaces').some(({ metadata }) => metadata.name === name)
    if (!there) return this.#world.user.create(NAMESPACE_OBJECTS, { metadata: { name } })
    return this.#world.user.delete(NAMESPACE_OBJECTS, { namespace: '', name })
  }

  #patch({ sort, namespace, name }: Made, body: object): Promise<unknown> {
    return this.#world.user.patch(sort.resource, { namespace, name }, { type: 'merge', body })
  }

  #one(): Made {
    return this.made[this.random.integer(this.made.length)] as Made
  }

  /** A request needs virtual time to pass. */
  async #act(request: Promise<unknown>): Promise<void> {
    let over = false
    const done = request.catch(refused).finally(() => (over = true))
    while (!over) await this.#world.clock.advance(1)
    await done
  }
}

function refused(thrown: unknown): void {
  if (!(thrown instanceof ApiError)) throw thrown
}
