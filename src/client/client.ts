import type { PatchType, WatchHandle, WatchSink } from '../api/request.ts'
import type { ObjectRef, ResourceRef } from '../api/resource.ts'
import type { Draft, KubeObject } from '../api/types.ts'

export interface ListOptions {
  /** All namespaces if absent. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** '' or absent: the newest; '0': any; else not older than this. */
  readonly resourceVersion?: string
  readonly signal?: AbortSignal
}

export interface ListResult<T> {
  readonly resourceVersion: string
  readonly items: readonly T[]
}

export interface WatchOptions extends ListOptions {
  readonly timeoutSeconds?: number
}

/** A deletion names the object that was decided on, not whatever has its name by now. */
export interface DeleteOptions {
  readonly uid?: string
  readonly resourceVersion?: string
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
}

/** What only looks. All methods fail with ApiError. */
export interface ReadClient {
  get<T extends KubeObject>(resource: ResourceRef<T>, ref: ObjectRef): Promise<T>
  list<T extends KubeObject>(resource: ResourceRef<T>, options?: ListOptions): Promise<ListResult<T>>
  watch<T extends KubeObject>(
    resource: ResourceRef<T>,
    options: WatchOptions & { readonly resourceVersion: string },
    sink: WatchSink<T>,
  ): Promise<WatchHandle>
}

/** What also changes the cluster. Objects that are passed in are given away. */
export interface Client extends ReadClient {
  create<T extends KubeObject>(resource: ResourceRef<T>, draft: Draft<T>): Promise<T>
  /** Replaces; a resourceVersion in the object makes it conditional. */
  update<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T>
  updateStatus<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T>
  patch<T extends KubeObject>(
    resource: ResourceRef<T>,
    ref: ObjectRef,
    patch: { readonly type: PatchType; readonly body: object; readonly subresource?: string },
  ): Promise<T>
  /** Resolves with what the server answered: the object if it is still ending, else a Status. */
  delete(resource: ResourceRef, ref: ObjectRef, options?: DeleteOptions): Promise<object>
  /** POST to a subresource: `binding`, `eviction`, `token`. */
  createSubresource(resource: ResourceRef, ref: ObjectRef, subresource: string, body: object): Promise<object>
}
