import { ApiError } from '../../api/error.ts'
import { keyOf } from '../../api/resource.ts'
import type { KubeObject, Pod } from '../../api/types.ts'
import type { Clock } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Client, DeleteOptions } from '../../client/client.ts'
import type { CacheChange } from '../../client/informer.ts'
import type { PodSource } from '../pod_source.ts'

type Condition = NonNullable<NonNullable<Pod['status']>['conditions']>[number]

/** Pods of one node in memory, with the rules that a node agent depends on: uid preconditions, graceful deletion, status patches. */
export class FakePodApi implements PodSource {
  readonly #clock: Clock
  readonly #pods = new Map<string, Pod>()
  readonly #listeners: ((change: CacheChange<Pod>) => void)[] = []
  /** `name phase ready/all reason` after each accepted change, for comparing histories. */
  readonly history: string[] = []
  /** The grace that each deletion asked for, the user's and the agent's. */
  readonly graces: (number | undefined)[] = []
  #serial = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  list(): readonly Pod[] {
    return [...this.#pods.values()]
  }

  onChange(listener: (change: CacheChange<Pod>) => void): void {
    this.#listeners.push(listener)
  }

  get(name: string): Pod | undefined {
    return this.#pods.get(`default/${name}`)
  }

  add(name: string, spec: object, annotations: Readonly<Record<string, string>> = {}): Pod {
    const metadata = {
      name,
      namespace: 'default',
      uid: `uid-${name}-${++this.#serial}`,
      resourceVersion: '',
      generation: 1,
      creationTimestamp: toRfc3339(this.#clock.now()),
      annotations,
    }
    return this.#put({ apiVersion: 'v1', kind: 'Pod', metadata, spec } as unknown as Pod)
  }

  /** A user's deletion; grace 0 removes at once what no finalizer holds. */
  remove(name: string, options: DeleteOptions = {}): object {
    this.graces.push(options.gracePeriodSeconds)
    const pod = this.get(name)
    if (pod === undefined) throw new ApiError({ code: 404, reason: 'NotFound', message: `pods "${name}" not found` })
    if (options.uid !== undefined && options.uid !== pod.metadata.uid) {
      throw new ApiError({ code: 409, reason: 'Conflict', message: 'the uid differs' })
    }
    const grace = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
    if (grace === 0 && (pod.metadata.finalizers ?? []).length === 0) return this.#drop(pod)
    const deletionTimestamp = toRfc3339(this.#clock.now() + grace * 1000)
    return this.#put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: grace } })
  }

  /** From now on the object stays, whoever deletes it. */
  hold(name: string, finalizer: string): void {
    const pod = this.get(name)
    if (pod !== undefined) this.#put({ ...pod, metadata: { ...pod.metadata, finalizers: [finalizer] } })
  }

  /** What a client may change of a running pod. */
  changeSpec(name: string, changes: object): void {
    const pod = this.get(name)
    if (pod !== undefined) this.#put({ ...pod, spec: { ...pod.spec, ...changes } })
  }

  /** Only what a node agent calls for pods. */
  client(): Client {
    const client: Partial<Client> = {
      patch: async (_resource, ref, patch) =>
        this.#patchStatus(ref.name, patch.body as StatusPatch) as unknown as never,
      delete: async (_resource, ref, options) => this.remove(ref.name, options),
    }
    return client as Client
  }

  #patchStatus(name: string, body: StatusPatch): KubeObject {
    const pod = this.get(name)
    if (pod === undefined) throw new ApiError({ code: 404, reason: 'NotFound', message: `pods "${name}" not found` })
    if (body.metadata.uid !== pod.metadata.uid)
      throw new ApiError({ code: 409, reason: 'Conflict', message: 'the uid differs' })
    const conditions = mergeConditions(pod.status?.conditions ?? [], body.status.conditions ?? [])
    const isDirective = (one: object) => '$patch' in one
    const lists = Object.fromEntries(
      Object.entries(body.status).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.filter((one) => !isDirective(one)) : value,
      ]),
    )
    return this.#put({ ...pod, status: { ...pod.status, ...lists, conditions } } as Pod)
  }

  #put(draft: Pod): Pod {
    const pod = { ...draft, metadata: { ...draft.metadata, resourceVersion: String(++this.#serial) } } as Pod
    const previous = this.#pods.get(keyOf(pod))
    this.#pods.set(keyOf(pod), pod)
    this.#tell({ key: keyOf(pod), previous, current: pod })
    return pod
  }

  #drop(pod: Pod): Pod {
    this.#pods.delete(keyOf(pod))
    this.#tell({ key: keyOf(pod), previous: pod, current: undefined })
    return pod
  }

  #tell(change: CacheChange<Pod>): void {
    const line = summaryOf(change)
    if (this.history.at(-1) !== line) this.history.push(line)
    for (const listener of this.#listeners) listener(change)
  }
}

interface StatusPatch {
  readonly metadata: { readonly uid: string }
  readonly status: Partial<NonNullable<Pod['status']>>
}

function mergeConditions(old: readonly Condition[], changed: readonly Condition[]): readonly Condition[] {
  const byType = new Map(old.map((one) => [one.type, one]))
  for (const one of changed) byType.set(one.type, one)
  return [...byType.values()]
}

function summaryOf({ current, previous }: CacheChange<Pod>): string {
  if (current === undefined) return `${previous?.metadata.name} gone`
  const { deletionTimestamp, name } = current.metadata
  const all = [...(current.status?.initContainerStatuses ?? []), ...(current.status?.containerStatuses ?? [])]
  const states = all.map(({ name: container, ready, restartCount, state }) => {
    const shown =
      state?.waiting?.reason ?? (state?.running === undefined ? `exit ${state?.terminated?.exitCode}` : 'running')
    return `${container}=${shown}${ready ? '+' : ''}${restartCount > 0 ? ` #${restartCount}` : ''}`
  })
  const phase = current.status?.phase ?? '-'
  return [name, deletionTimestamp === undefined ? phase : `${phase} (deleting)`, ...states].join(' ')
}
