import { goFormat } from './go_format.ts'
import { failedMerge } from './patch_error.ts'

export type JsonMap = Record<string, unknown>

export const SET_ELEMENT_ORDER = '$setElementOrder'
export const DIRECTIVE = '$patch'

export const isMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether two list entries are the same one: by the merge key, or by value when there is none. */
export function isSameEntry(a: unknown, b: unknown, mergeKey: string): boolean {
  return mergeKey === '' ? a === b : isMap(a) && isMap(b) && mergeValue(a, mergeKey) === mergeValue(b, mergeKey)
}

/** The value of the merge key. @throws ApiError 500 when the entry has none */
export function mergeValue(entry: JsonMap, mergeKey: string): unknown {
  if (Object.hasOwn(entry, mergeKey)) return entry[mergeKey]
  throw failedMerge(`map: ${goFormat(entry)} does not contain declared merge key: ${mergeKey}`)
}

/** @throws ApiError 500 when an entry that is asked has no members */
const positionIn = (order: readonly unknown[], entry: unknown, mergeKey: string): number =>
  order.findIndex((each, at) => {
    if (mergeKey !== '' && !isMap(each)) throw failedMerge(`value for key ${at} is not a map`)
    return isSameEntry(each, entry, mergeKey)
  })

const isDeletion = (entry: unknown): boolean => isMap(entry) && entry[DIRECTIVE] === 'delete'

export interface Orders {
  /** The order that the patch wants for what it names. */
  readonly patch: readonly unknown[]
  /** The order in which the server has its entries. */
  readonly server: readonly unknown[]
  readonly mergeKey: string
}

/**
 * Puts a merged list in order: what the patch names keeps the order of the patch, what only the
 * server has keeps the server's, and between the two the server's order decides where it can.
 */
export function ordered(merged: readonly unknown[], { patch, server, mergeKey }: Orders): unknown[] {
  const named = (entry: unknown): boolean => positionIn(patch, entry, mergeKey) >= 0
  const byOrder = (order: readonly unknown[]) => (a: unknown, b: unknown) =>
    positionIn(order, a, mergeKey) - positionIn(order, b, mergeKey)
  const fromPatch = merged.filter(named).sort(byOrder(patch))
  const fromServer = merged.filter((entry) => !named(entry)).sort(byOrder(server))
  return interleaved(fromServer, fromPatch, (entry) => positionIn(server, entry, mergeKey))
}

function interleaved(
  left: readonly unknown[],
  right: readonly unknown[],
  place: (entry: unknown) => number,
): unknown[] {
  const result: unknown[] = []
  let [i, j] = [0, 0]
  while (i < left.length && j < right.length) {
    const [l, r] = [place(left[i]), place(right[j])]
    if (l >= 0 && r >= 0 && l < r) result.push(left[i++])
    else result.push(right[j++])
  }
  return [...result, ...left.slice(i), ...right.slice(j)]
}

/** The entries of a patch must stand in the order that `$setElementOrder` gives. @throws ApiError 500 */
export function checkOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  const kept = mergeKey === '' ? patch : patch.filter((entry) => !isDeletion(entry))
  let found = 0
  for (const entry of order) if (found < kept.length && isSameEntry(kept[found], entry, mergeKey)) found++
  if (found < kept.length) {
    throw failedMerge(
      `The order in patch list:\n${goFormat(patch)}\n doesn't match ${SET_ELEMENT_ORDER} list:\n${goFormat(order)}\n`,
    )
  }
}
