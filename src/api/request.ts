import type { Json, KubeObject } from './types.ts'

/** What may be asked of a resource; RBAC's words. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

/** Who asks. */
export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** The query parameters of a request, by their Kubernetes names and decoded; unknown ones are left out. */
export interface RequestOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: string
  readonly allowWatchBookmarks?: boolean
  readonly sendInitialEvents?: boolean
  readonly timeoutSeconds?: number
  readonly dryRun?: readonly string[]
  readonly fieldValidation?: string
  readonly fieldManager?: string
  readonly force?: boolean
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  /** What the object of a deletion has to be; its `resourceVersion` as well. */
  readonly uid?: string
}

/**
 * One request to the API as both transports carry it. The in-process transport hands it over as it
 * is; the HTTP transport spells it as method, path, query and body. Paths never join user text
 * into keys: each part stays a field of its own.
 */
export interface ApiRequest {
  readonly verb: Verb
  readonly group: string
  readonly version: string
  /** Plural: `pods`. */
  readonly resource: string
  /** Absent for cluster-scoped objects and for lists over all namespaces. */
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** An object, a patch, or DeleteOptions. Given away: the sender must not change it afterwards. */
  readonly body?: Json | object
  readonly patchType?: PatchType
  readonly options: RequestOptions
  readonly signal?: AbortSignal
}

/** An answer that is not a watch. `bytes` is the JSON, made once however often it is asked for. */
export interface ApiAnswer {
  readonly code: number
  readonly object: object
  bytes(): Uint8Array
  /** Texts for `Warning: 299` headers. */
  readonly warnings: readonly string[]
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'

/** One change; `object` is shared and frozen. A BOOKMARK's object has only a kind and a resourceVersion. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: WatchEventType
  readonly object: T
}

/** Receives a watch, in order. After `closed` nothing comes any more. */
export interface WatchSink<T extends KubeObject = KubeObject> {
  event(event: WatchEvent<T>): void
  /** `error` is absent when the server ended the watch in good order (time-out, shutdown). */
  closed(error?: Error): void
}

export interface WatchHandle {
  stop(): void
}

/**
 * The door to a cluster, one level below the typed client. Implementations: in-process (the server
 * itself, for one user), HTTP, and the simulator's faulty one. Failures are ApiErrors.
 */
export interface Transport {
  request(request: ApiRequest): Promise<ApiAnswer>
  /** Resolves when the watch is open (its first answer is on its way); `verb` must be `watch`. */
  watch(request: ApiRequest, sink: WatchSink): Promise<WatchHandle>
}
