import type { MutableObject } from '../kind_rules.ts'
import type { KubeObject } from '../types.ts'

/** A part of a draft, of any shape until it is validated. */
export type Loose = MutableObject['spec']

/** Sets a field that is absent or the empty text, as Go's defaulting sees a zero value. */
export function fill(target: Loose, field: string, value: unknown): void {
  if (target[field] === undefined || target[field] === null || target[field] === '') target[field] = value
}

/** Sets a number that is absent or zero. */
export function fillNumber(target: Loose, field: string, value: number): void {
  if (!target[field]) target[field] = value
}

/** A part of a draft that must be there: made empty if it is not. */
export function part(target: Loose, field: string): Loose {
  target[field] ??= {}
  return target[field]
}

/** A list of a draft; an absent one is empty. */
export const items = (list: Loose): Loose[] => (Array.isArray(list) ? list : [])

/** What a write to `/status` may not touch: the spec stays as it was. */
export function keepSpec(draft: MutableObject, old: KubeObject & { readonly spec?: unknown }): void {
  draft['spec'] = old.spec
}

/** What any other write may not touch: the status stays as it was. */
export function keepStatus(draft: MutableObject, old: KubeObject & { readonly status?: unknown }): void {
  draft['status'] = old.status
}
