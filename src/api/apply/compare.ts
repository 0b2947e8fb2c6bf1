import { isAbsent, isPlainObject } from '../decode/codec.ts'
import { sameJson } from '../patch/json_patch.ts'
import type { FieldSet } from './field_set.ts'
import { placeBelow, setOfPlaces } from './known_sets.ts'
import type { KeyedList, SchemaNode } from './schema_node.ts'

/** How two objects differ, by places. */
export interface Comparison {
  /** What is new or has another value. */
  readonly changed: FieldSet
  readonly removed: FieldSet
  /** Whether everything could be compared: not when a list has an entry without a name. */
  readonly isWhole: boolean
}

class Walk {
  /** The texts of places. */
  readonly changed: string[] = []
  readonly removed: string[] = []
  isWhole = true
  /** Where the walk is. */
  #place = ''

  compare(old: unknown, now: unknown, node: SchemaNode): void {
    if (old === now) return
    if (isLeaf(old, now, node)) {
      this.#leaf(old, now)
      return
    }
    if (node.kind === 'list') this.#entries(this.#entriesOf(old, node), this.#entriesOf(now, node), node.item)
    else if (node.kind !== 'atom') this.#members(membersOf(old), membersOf(now), node)
    this.#whole(old, now)
  }

  #leaf(old: unknown, now: unknown): void {
    if (old === undefined || now === undefined) this.#whole(old, now)
    else if (!sameJson(old, now)) this.changed.push(this.#place)
  }

  #members(old: Members | undefined, now: Members | undefined, node: SchemaNode & { kind: 'struct' | 'map' }): void {
    const inside = (name: string): void =>
      this.#inside(`f:${name}`, own(old, name), own(now, name), memberNode(node, name))
    for (const name in old) inside(name)
    for (const name in now) if (old === undefined || !Object.hasOwn(old, name)) inside(name)
  }

  #entries(old: Entries | undefined, now: Entries | undefined, item: SchemaNode): void {
    for (const [key, entry] of old ?? []) this.#entry(key, entry, now?.get(key), item)
    for (const [key, entry] of now ?? []) if (old?.has(key) !== true) this.#entry(key, undefined, entry, item)
  }

  #entry(key: string, old: unknown, now: unknown, item: SchemaNode): void {
    if (old instanceof Doubled || now instanceof Doubled) this.#doubled(key, old, now, item)
    else this.#inside(key, old, now, item)
  }

  /** Several entries of one name are one thing: what stands in a single one comes or goes as a whole. */
  #doubled(key: string, old: unknown, now: unknown, item: SchemaNode): void {
    const place = placeBelow(this.#place, key)
    if (old instanceof Doubled && now instanceof Doubled) {
      if (!sameJson(old.items, now.items)) this.changed.push(place)
    } else if (old instanceof Doubled) {
      if (now !== undefined) this.#inside(key, undefined, now, item)
      this.removed.push(place)
    } else {
      if (old !== undefined) this.#inside(key, old, undefined, item)
      this.changed.push(place)
    }
  }

  #entriesOf(value: unknown, { keyOf }: KeyedList): Entries | undefined {
    if (!Array.isArray(value)) return undefined
    const entries = new Map<string, unknown>()
    for (const item of value) {
      const key = keyOf(item)
      if (key === undefined) this.isWhole = false
      else entries.set(key, entries.has(key) ? Doubled.with(entries.get(key), item) : item)
    }
    return entries
  }

  #inside(key: string, old: unknown, now: unknown, node: SchemaNode): void {
    if (old === now) return
    const above = this.#place
    this.#place = placeBelow(above, key)
    this.compare(old, now, node)
    this.#place = above
  }

  /** Notes a place that one of the objects lacks; one that holds null is there, as a list is in Go before it has entries. */
  #whole(old: unknown, now: unknown): void {
    if (this.#place === '') return
    if (old === undefined) this.changed.push(this.#place)
    else if (now === undefined) this.removed.push(this.#place)
  }
}

type Members = Readonly<Record<string, unknown>>
type Entries = ReadonlyMap<string, unknown>

const own = (members: Members | undefined, name: string): unknown =>
  members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined

/** Compares two objects of one type. */
export function compare(old: unknown, now: unknown, node: SchemaNode): Comparison {
  const walk = new Walk()
  walk.compare(old, now, node)
  return { changed: setOfPlaces(walk.changed), removed: setOfPlaces(walk.removed), isWhole: walk.isWhole }
}

const ATOM: SchemaNode = { kind: 'atom', content: 'any' }

const memberNode = (node: SchemaNode & { kind: 'struct' | 'map' }, name: string): SchemaNode =>
  (node.kind === 'map' ? node.item : node.field(name)) ?? ATOM

function isHollow(value: unknown): boolean {
  if (isAbsent(value)) return true
  if (typeof value !== 'object') return false
  for (const _ in value as object) return false
  return true
}

/** Two empty things are compared as wholes, which keeps the difference between empty and absent. */
const isLeaf = (old: unknown, now: unknown, node: SchemaNode): boolean =>
  node.kind === 'atom' || (isHollow(old) && isHollow(now))

const membersOf = (value: unknown): Members | undefined => (isPlainObject(value) ? value : undefined)

/** The entries that share a name. */
class Doubled {
  readonly items: readonly unknown[]

  private constructor(items: readonly unknown[]) {
    this.items = items
  }

  static with(known: unknown, item: unknown): Doubled {
    return new Doubled(known instanceof Doubled ? [...known.items, item] : [known, item])
  }
}
