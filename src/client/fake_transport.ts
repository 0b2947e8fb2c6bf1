import { ApiError } from '../api/error.ts'
import type { ApiAnswer, ApiRequest, Transport, WatchEvent, WatchEventType, WatchSink } from '../api/request.ts'
import type { KubeObject } from '../api/types.ts'
import type { Clock } from '../base/clock.ts'
import { seededRandom } from '../base/random.ts'
import { toRfc3339 } from '../base/time.ts'
import { applyMergePatch } from './fake_patch.ts'

type Store = Map<string, KubeObject>
type Mutable = Record<string, unknown> & { metadata: Record<string, unknown> }

interface Watcher {
  readonly collection: string
  readonly namespace: string | undefined
  readonly sink: WatchSink
}

/** A transport with handles for tests. */
export interface FakeTransport extends Transport {
  /** Every request so far, in order. */
  readonly requests: readonly ApiRequest[]
  /** The next request that this accepts fails with its error. */
  failNext(accepts: (request: ApiRequest) => boolean, error: ApiError): void
  /** Ends all watches, in good order or with an error. */
  endWatches(error?: Error): void
  /** While held, watch events are kept back. */
  hold(): void
  release(): void
}

/**
 * A cluster in memory for tests of what stands on the client: objects, versions, watches, uid
 * preconditions, finalizers and merge patches; no defaults, validation or selectors. A pod that has
 * a node ends gracefully, as one with finalizers does.
 */
export function createFakeTransport(clock: Clock): FakeTransport {
  const objects: Store = new Map()
  const random = seededRandom('fake transport')
  const requests: ApiRequest[] = []
  const failures: { accepts: (request: ApiRequest) => boolean; error: ApiError }[] = []
  let watchers: Watcher[] = []
  let kept: (() => void)[] | undefined
  const history: { version: number; collection: string; event: WatchEvent }[] = []
  let version = 0

  function publish(type: WatchEventType, collection: string, object: KubeObject): void {
    const event = { type, object }
    history.push({ version, collection, event })
    const deliver = () => {
      for (const watcher of [...watchers]) if (concerns(watcher, collection, object)) watcher.sink.event(event)
    }
    if (kept === undefined) deliver()
    else kept.push(deliver)
  }

  function store(request: ApiRequest, type: 'ADDED' | 'MODIFIED', draft: Mutable): KubeObject {
    version++
    const object = {
      ...draft,
      metadata: { ...draft.metadata, resourceVersion: String(version) },
    } as unknown as KubeObject
    const key = `${collectionOf(request)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`
    if (type === 'MODIFIED' && isFinished(object)) return remove(request, key, object)
    objects.set(key, object)
    publish(type, collectionOf(request), object)
    return object
  }

  function remove(request: ApiRequest, key: string, object: KubeObject): KubeObject {
    objects.delete(key)
    version++
    const gone = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    publish('DELETED', collectionOf(request), gone)
    return gone
  }

  function found(request: ApiRequest): KubeObject {
    const object = objects.get(keyIn(request))
    if (object === undefined) throw failure(404, 'NotFound', `${request.resource} "${request.name}" not found`)
    return object
  }

  function create(request: ApiRequest): object {
    if (request.subresource !== undefined) return { kind: 'Status', apiVersion: 'v1', status: 'Success', metadata: {} }
    const draft = request.body as Mutable
    const name =
      (draft.metadata['name'] as string | undefined) ?? `${draft.metadata['generateName']}${random.integer(1e6)}`
    if (objects.has(keyIn({ ...request, name }))) {
      throw failure(409, 'AlreadyExists', `${request.resource} "${name}" already exists`)
    }
    const metadata = {
      ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
      uid: random.uuid(),
      creationTimestamp: toRfc3339(clock.now()),
      generation: 1,
      ...draft.metadata,
      name,
    }
    return store(request, 'ADDED', { ...draft, metadata })
  }

  function update(request: ApiRequest, body: Mutable): object {
    const old = found(request)
    const expected = body.metadata['resourceVersion']
    if (expected !== undefined && expected !== old.metadata.resourceVersion) {
      throw failure(409, 'Conflict', `${request.resource} "${request.name}" has been modified`)
    }
    const uid = body.metadata['uid']
    if (uid !== undefined && uid !== old.metadata.uid) throw failure(409, 'Conflict', 'the uid differs')
    const part =
      request.subresource === 'status'
        ? { ...old, status: body['status'] }
        : { ...body, status: body['status'] ?? (old as unknown as Mutable)['status'] }
    const grown = JSON.stringify((part as Mutable)['spec']) !== JSON.stringify((old as unknown as Mutable)['spec'])
    const generation = (old.metadata.generation ?? 1) + (grown ? 1 : 0)
    const metadata = { ...part.metadata, uid: old.metadata.uid, generation }
    const next = { ...part, metadata } as unknown as Mutable
    return isSame(next, old) ? old : store(request, 'MODIFIED', next)
  }

  function destroy(request: ApiRequest): object {
    const old = found(request)
    const wanted = (request.body as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid
    if (wanted !== undefined && wanted !== old.metadata.uid) throw failure(409, 'Conflict', 'the uid differs')
    if (old.metadata.deletionTimestamp !== undefined && !isFinished(old)) return old
    const now = (request.body as { gracePeriodSeconds?: number } | undefined)?.gracePeriodSeconds === 0
    if (!endsGracefully(old) || (now && !hasFinalizers(old))) return remove(request, keyIn(request), old)
    const metadata = { ...old.metadata, deletionTimestamp: toRfc3339(clock.now()) }
    return store(request, 'MODIFIED', { ...old, metadata } as unknown as Mutable)
  }

  function list(request: ApiRequest): object {
    const prefix = `${collectionOf(request)} ${request.namespace === undefined ? '' : `${request.namespace}/`}`
    const items = [...objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object)
    return { metadata: { resourceVersion: String(version) }, items }
  }

  function answer(request: ApiRequest): object {
    switch (request.verb) {
      case 'get':
        return found(request)
      case 'list':
        return list(request)
      case 'create':
        return create(request)
      case 'update':
        return update(request, request.body as Mutable)
      case 'patch':
        return update(request, applyMergePatch(found(request), request.body as object) as Mutable)
      default:
        return destroy(request)
    }
  }

  return {
    requests,
    async request(request) {
      requests.push(request)
      const failing = failures.findIndex(({ accepts }) => accepts(request))
      if (failing >= 0) throw failures.splice(failing, 1)[0]?.error
      return answerOf(answer(request))
    },
    async watch(request, sink) {
      const watcher: Watcher = { collection: collectionOf(request), namespace: request.namespace, sink }
      watchers.push(watcher)
      const from = Number(request.options.resourceVersion)
      for (const past of history) {
        const wanted = past.version > from && past.collection === watcher.collection
        if (wanted && concerns(watcher, past.collection, past.event.object)) sink.event(past.event)
      }
      return {
        stop: () => {
          watchers = watchers.filter((other) => other !== watcher)
        },
      }
    },
    failNext: (accepts, error) => failures.push({ accepts, error }),
    endWatches(error) {
      const ending = watchers
      watchers = []
      for (const watcher of ending) watcher.sink.closed(error)
    },
    hold() {
      kept ??= []
    },
    release() {
      const due = kept ?? []
      kept = undefined
      for (const deliver of due) deliver()
    },
  }
}

const collectionOf = (request: ApiRequest): string => `${request.group}/${request.resource}`
const keyIn = (request: ApiRequest): string => `${collectionOf(request)} ${request.namespace ?? ''}/${request.name}`
const failure = (code: number, reason: string, message: string): ApiError => new ApiError({ code, reason, message })

function concerns(watcher: Watcher, collection: string, object: KubeObject): boolean {
  const inNamespace = watcher.namespace === undefined || watcher.namespace === object.metadata.namespace
  return watcher.collection === collection && inNamespace
}

function endsGracefully(object: KubeObject): boolean {
  const bound = object.kind === 'Pod' && (object as { spec?: { nodeName?: string } }).spec?.nodeName !== undefined
  return bound || hasFinalizers(object)
}

const hasFinalizers = (object: KubeObject): boolean => (object.metadata.finalizers ?? []).length > 0

function isFinished(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && !endsGracefully(object)
}

function isSame(next: Mutable, old: KubeObject): boolean {
  const metadata = { ...next.metadata, resourceVersion: old.metadata.resourceVersion }
  return JSON.stringify(sorted({ ...next, metadata })) === JSON.stringify(sorted(old))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, sorted(field)]))
}

function answerOf(object: object): ApiAnswer {
  return { code: 200, object, bytes: () => new TextEncoder().encode(JSON.stringify(object)), warnings: [] }
}
