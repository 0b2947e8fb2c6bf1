import { isNotFound } from '../../../api/error.ts'
import type { ResourceRef } from '../../../api/resource.ts'
import type { KubeObject } from '../../../api/types.ts'
import type { Client } from '../../../client/client.ts'
import { refOf, unless } from '../calls.ts'
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
  const { annotations, status } = written
  const metadata = { uid: object.metadata.uid, ...(annotations === undefined ? {} : { annotations }) }
  const body = { metadata, status: replacing(object.status ?? {}, status) }
  await unless(isNotFound, client.patch(resource, refOf(object), { type: 'merge', body, subresource: 'status' }))
}

/** A merge patch that leaves nothing of the old: what is absent from the new is taken away, at any depth. */
function replacing(old: object, next: object): object {
  const before = Object.entries(old)
  const absent = before.filter(([field]) => !(field in next)).map(([field]) => [field, null] as const)
  const known = new Map<string, unknown>(before)
  const present = Object.entries(next).map(([field, value]) => {
    const was = known.get(field)
    return [field, isMap(was) && isMap(value) ? replacing(was, value) : value] as const
  })
  return Object.fromEntries([...absent, ...present])
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
