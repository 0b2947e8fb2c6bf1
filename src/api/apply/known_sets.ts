import { BoundedMap } from '../../base/bounded_map.ts'
import { EMPTY_SET, type FieldSet, FieldSetBuilder } from './field_set.ts'

/** So many sets are remembered, of texts up to this length. */
const SETS_MAX = 500
const TEXT_LENGTH_MAX = 8 * 1024

/**
 * Sets by the texts of their places. All pods of a set, and all events of a controller, have values at the same
 * places: they share one set, what is computed from it, and the JSON that is written for it.
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
  const made = new FieldSetBuilder()
  for (const place of places) made.add(keysOf(place))
  if (text.length <= TEXT_LENGTH_MAX) sets.set(text, made)
  return made
}

function keysOf(place: string): string[] {
  const keys: string[] = []
  for (let at = 0; at < place.length; ) {
    const start = place.indexOf(':', at) + 1
    const end = start + Number(place.slice(at, start - 1))
    keys.push(place.slice(start, end))
    at = end
  }
  return keys
}
