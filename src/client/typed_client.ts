import type { ApiRequest, RequestOptions, Transport, Verb, WatchSink } from '../api/request.ts'
import { apiVersionOf, type ObjectRef, type ResourceRef } from '../api/resource.ts'
import type { Draft, KubeObject } from '../api/types.ts'
import type { Client, DeleteOptions, ListOptions, ListResult, WatchOptions } from './client.ts'

/** What every request of one client carries. */
export interface ClientOptions {
  /** The name under which managedFields record this client's writes. */
  readonly fieldManager?: string
}

interface RequestParts {
  readonly ref?: Partial<ObjectRef>
  readonly subresource?: string
  readonly body?: object
  readonly options?: RequestOptions
  readonly signal?: AbortSignal | undefined
}

/** The typed client over any transport: it spells requests and reads answers, and decides nothing. */
export function createClient(transport: Transport, settings: ClientOptions = {}): Client {
  const writing: RequestOptions = settings.fieldManager === undefined ? {} : { fieldManager: settings.fieldManager }

  async function send<T>(verb: Verb, resource: ResourceRef, parts: RequestParts): Promise<T> {
    return (await transport.request(requestFor(verb, resource, parts))).object as T
  }

  const update = <T extends KubeObject>(resource: ResourceRef<T>, object: T, subresource?: string): Promise<T> =>
    send<T>('update', resource, {
      ref: refOf(object),
      body: withKind(resource, object),
      options: writing,
      ...(subresource === undefined ? {} : { subresource }),
    })

  return {
    get: (resource, ref) => send('get', resource, { ref }),
    list: async <T extends KubeObject>(resource: ResourceRef<T>, options: ListOptions = {}) => {
      const found = await send<RawList<T>>('list', resource, {
        ref: { namespace: options.namespace ?? '' },
        options: selection(options),
        signal: options.signal,
      })
      return listResult(resource, found)
    },
    watch: (resource, options, sink) =>
      transport.watch(
        requestFor('watch', resource, {
          ref: { namespace: options.namespace ?? '' },
          options: watchSelection(options),
          signal: options.signal,
        }),
        sink as unknown as WatchSink,
      ),
    create: (resource, draft) =>
      send('create', resource, {
        ref: { namespace: draft.metadata.namespace ?? '' },
        body: withKind(resource, draft),
        options: writing,
      }),
    update: (resource, object) => update(resource, object),
    updateStatus: (resource, object) => update(resource, object, 'status'),
    patch: async (resource, ref, patch) => {
      const { type, body, subresource } = patch
      const force = type === 'apply' ? { force: true } : {}
      const parts = {
        ref,
        body,
        options: { ...writing, ...force },
        ...(subresource === undefined ? {} : { subresource }),
      }
      return (await transport.request({ ...requestFor('patch', resource, parts), patchType: type })).object as never
    },
    delete: (resource, ref, options = {}) => send('delete', resource, { ref, body: deleteBody(options) }),
    createSubresource: (resource, ref, subresource, body) =>
      send('create', resource, { ref, subresource, body, options: writing }),
  }
}

function requestFor(verb: Verb, resource: ResourceRef, parts: RequestParts): ApiRequest {
  const { ref = {}, subresource, body, options = {}, signal } = parts
  return {
    verb,
    group: resource.group,
    version: resource.version,
    resource: resource.resource,
    options,
    ...(ref.namespace && resource.namespaced ? { namespace: ref.namespace } : {}),
    ...(ref.name ? { name: ref.name } : {}),
    ...(subresource === undefined ? {} : { subresource }),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  }
}

function selection(options: ListOptions): RequestOptions {
  const { labelSelector, fieldSelector, resourceVersion } = options
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}

function watchSelection(options: WatchOptions): RequestOptions {
  const { timeoutSeconds } = options
  return {
    ...selection(options),
    allowWatchBookmarks: true,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }
}

function deleteBody(options: DeleteOptions): object {
  const { uid, resourceVersion, gracePeriodSeconds, propagationPolicy } = options
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
  }
}

interface RawList<T> {
  readonly metadata?: { readonly resourceVersion?: string }
  readonly items?: readonly T[] | null
}

/** Servers leave `kind` and `apiVersion` out of the items of a built-in kind's list. */
function listResult<T extends KubeObject>(resource: ResourceRef<T>, found: RawList<T>): ListResult<T> {
  return {
    resourceVersion: found.metadata?.resourceVersion ?? '',
    items: (found.items ?? []).map((item) => (item.kind === undefined ? withKind(resource, item) : item)),
  }
}

function withKind<O extends KubeObject | Draft<KubeObject>>(resource: ResourceRef, object: O): O {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind }
}

function refOf(object: KubeObject): ObjectRef {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}
