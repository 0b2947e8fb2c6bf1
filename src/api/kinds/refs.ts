import type { ResourceRef } from '../resource.ts'
import type { KubeObject, Wire } from '../types.ts'

/** A generated type as a stored object has it: with the metadata that every stored object has. */
export type Stored<T> = KubeObject & Omit<Wire<T>, 'apiVersion' | 'kind' | 'metadata'>

/** As `Stored`, for kinds whose spec is always there once defaults are in. */
export type StoredWithSpec<T extends { spec?: unknown }> = Omit<Stored<T>, 'spec'> &
  KubeObject & { readonly spec: Wire<NonNullable<T['spec']>> }

/** The reference of a namespaced resource: `namespacedRef('apps/v1', 'deployments', 'Deployment')`. */
export function namespacedRef<T extends KubeObject>(
  apiVersion: string,
  resource: string,
  kind: string,
): ResourceRef<T> {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  return { group, version: apiVersion.slice(slash + 1), resource, kind, namespaced: true }
}

/** The same for one that stands outside namespaces. */
export const clusterRef = <T extends KubeObject>(
  apiVersion: string,
  resource: string,
  kind: string,
): ResourceRef<T> => ({
  ...namespacedRef<T>(apiVersion, resource, kind),
  namespaced: false,
})
