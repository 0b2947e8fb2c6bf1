import { BoundedMap } from '../../base/bounded_map.ts'
import { EMPTY_SET, type FieldSet } from './field_set.ts'

/** So many sets are remembered, of texts up to this length. */
const SETS_MAX = 800
const TEXT_LENGTH_MAX = 8 * 1024

/**
 * Sets by the texts of their places. All pods of a set, and all events of a controller, have values at the same
 * places: they share one set, what is computed from it, and the JSON that is written for it. Sets that differ in one
 * place share all parts below and beside it: of a pod's status only the way to its own address is its own.
 */
const sets = new BoundedMap<string, FieldSet>(SETS_MAX)

/** The text of a place: that of the place above and its own key, whose length says where it ends, whatever it holds. */
export const placeBelow = (above: string, key: string): string => `${above}${key.length}:${key}`

/** The set of some places. It is shared, so never changed. */
export function setOfPlaces(places: readonly string[]): FieldSet {
  if (places.length === 0) return EMPTY_SET
  const text = places.join(';')
  const known = sets.get(text)
  if (known !== undefined) return known
  const made = levelOf(places)
  if (text.length <= TEXT_LENGTH_MAX) sets.set(text, made)
  return made
}

/** One level of a set: what is below each of its keys is a set that may be known. */
function levelOf(places: readonly string[]): FieldSet {
  const members = new Set<string>()
  const below = new Map<string, string[]>()
  for (const place of places) {
    const start = place.indexOf(':') + 1
    const end = start + Number(place.slice(0, start - 1))
    const key = place.slice(start, end)
    if (end === place.length) members.add(key)
    else entryOf(below, key).push(place.slice(end))
  }
  const children = new Map<string, FieldSet>()
  for (const [key, rests] of below) children.set(key, setOfPlaces(rests))
  return { members, children }
}

function entryOf(groups: Map<string, string[]>, key: string): string[] {
  const known = groups.get(key)
  if (known !== undefined) return known
  const made: string[] = []
  groups.set(key, made)
  return made
}
