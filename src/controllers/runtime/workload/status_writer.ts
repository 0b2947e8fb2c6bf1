import { isNotFound } from '../../../api/error.ts'
import type { ResourceRef } from '../../../api/resource.ts'
import type { KubeObject } from '../../../api/types.ts'
import type { Client } from '../../../client/client.ts'
import { refOf, unless } from './pod_control.ts'
import { canonicalJson } from './template_hash.ts'

type WithStatus = KubeObject & { readonly status?: object }

/** Whether two statuses say the same, whatever the order of their fields. */
export const saysTheSame = (one: object | undefined, other: object | undefined): boolean =>
  canonicalJson(one ?? {}) === canonicalJson(other ?? {})

/** A patch that names the object's uid and replaces its whole status: it fits whatever the spec has become meanwhile. */
export async function writeStatus<T extends WithStatus>(
  client: Client,
  resource: ResourceRef<T>,
  object: T,
  written: { readonly status: object; readonly annotations?: Readonly<Record<string, string>> },
): Promise<void> {
  const absent = Object.keys(object.status ?? {}).map((field) => [field, null] as const)
  const { annotations, status } = written
  const metadata = { uid: object.metadata.uid, ...(annotations === undefined ? {} : { annotations }) }
  const body = { metadata, status: { ...Object.fromEntries(absent), ...status } }
  await unless(isNotFound, client.patch(resource, refOf(object), { type: 'merge', body, subresource: 'status' }))
}
