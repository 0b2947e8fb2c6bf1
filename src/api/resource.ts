import type { KubeObject } from './types.ts'

/**
 * Names one resource of one API version, and for TypeScript the type of its objects. Everything else
 * about a resource (verbs, short names, columns, schema) is looked up in the table of facts.
 */
export interface ResourceRef<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
  /** Never present: carries `T`. */
  readonly type?: T
}

/** `v1` or `apps/v1`. */
export const apiVersionOf = (ref: { readonly group: string; readonly version: string }): string =>
  ref.group === '' ? ref.version : `${ref.group}/${ref.version}`

/** A namespace and a name; `namespace` is '' for cluster-scoped objects. */
export interface ObjectRef {
  readonly namespace: string
  readonly name: string
}

/** The key of an object within its resource: `namespace/name`, or `name` when cluster-scoped. */
export type ObjectKey = string & { readonly brand?: 'ObjectKey' }

export function keyOf(object: {
  readonly metadata: { readonly namespace?: string; readonly name?: string }
}): ObjectKey {
  const { namespace, name = '' } = object.metadata
  return namespace ? `${namespace}/${name}` : name
}

export function parseKey(key: ObjectKey): ObjectRef {
  const slash = key.indexOf('/')
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}
