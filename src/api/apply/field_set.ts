/**
 * A set of places in an object, as a tree. The keys are those of `FieldsV1`: `f:name` for a member,
 * `k:{"name":"a"}` for an entry of a keyed list, `v:"x"` for an element of a set.
 */
export interface FieldSet {
  /** Places at this level that belong to the set. */
  readonly members: ReadonlySet<string>
  /** Places below; never empty ones. */
  readonly children: ReadonlyMap<string, FieldSet>
}

export const EMPTY_SET: FieldSet = { members: new Set(), children: new Map() }

/** The set of one place. */
export const setAt = ([key, ...rest]: readonly string[]): FieldSet => {
  if (key === undefined) return EMPTY_SET
  if (rest.length === 0) return { members: new Set([key]), children: new Map() }
  return { members: new Set(), children: new Map([[key, setAt(rest)]]) }
}

export const isEmptySet = (set: FieldSet): boolean => set.members.size === 0 && set.children.size === 0

/** One of the two sets itself when it holds the other: who writes the same places again owns the same set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (holds(a, b)) return a
  if (holds(b, a)) return b
  const members = new Set(a.members)
  for (const key of b.members) members.add(key)
  const children = new Map(a.children)
  for (const [key, child] of b.children) {
    const known = children.get(key)
    children.set(key, known === undefined ? child : union(known, child))
  }
  return { members, children }
}

function holds(set: FieldSet, part: FieldSet): boolean {
  if (set === part) return true
  if (part.members.size > set.members.size || part.children.size > set.children.size) return false
  for (const key of part.members) if (!set.members.has(key)) return false
  for (const [key, below] of part.children) {
    const known = set.children.get(key)
    if (known === undefined || !holds(known, below)) return false
  }
  return true
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  if (isEmptySet(a) || isEmptySet(b)) return EMPTY_SET
  const members = new Set<string>()
  for (const key of a.members) if (b.members.has(key)) members.add(key)
  const children = new Map<string, FieldSet>()
  for (const [key, child] of a.children) {
    const other = b.children.get(key)
    const both = other === undefined ? EMPTY_SET : intersection(child, other)
    if (!isEmptySet(both)) children.set(key, both)
  }
  return members.size === 0 && children.size === 0 ? EMPTY_SET : { members, children }
}

/** What is in `a` but not in `b`; places below a place of `b` stay. The same set when that is all of it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a) || isEmptySet(b)) return a
  let members: Set<string> | undefined
  for (const key of b.members) {
    if (!a.members.has(key)) continue
    members ??= new Set(a.members)
    members.delete(key)
  }
  let children: Map<string, FieldSet> | undefined
  for (const [key, other] of b.children) {
    const child = a.children.get(key)
    const left = child === undefined ? undefined : difference(child, other)
    if (left === undefined || left === child) continue
    children ??= new Map(a.children)
    if (isEmptySet(left)) children.delete(key)
    else children.set(key, left)
  }
  if (members === undefined && children === undefined) return a
  return { members: members ?? a.members, children: children ?? a.children }
}

/** The set without a place and all below it; the same set when it has neither. */
export function without(set: FieldSet, [key, ...rest]: readonly string[]): FieldSet {
  if (key === undefined) return EMPTY_SET
  const child = set.children.get(key)
  const isLast = rest.length === 0
  const less = isLast || child === undefined ? undefined : without(child, rest)
  if (isLast ? child === undefined && !set.members.has(key) : less === child) return set
  const members = new Set(set.members)
  const children = new Map(set.children)
  if (isLast) members.delete(key)
  if (less === undefined || isEmptySet(less)) children.delete(key)
  else children.set(key, less)
  return { members, children }
}

/** Only what stands at one place of the top level, or below it. */
export function onlyBelow(set: FieldSet, key: string): FieldSet {
  const child = set.children.get(key)
  return {
    members: new Set(set.members.has(key) ? [key] : []),
    children: new Map(child === undefined ? [] : [[key, child]]),
  }
}

/** The set with every named member that leads to one of its places: `f:spec` if it has `f:spec, f:replicas`. */
export function withNamedParents({ members, children }: FieldSet): FieldSet {
  const parents = [...children.keys()].filter((key) => key.startsWith('f:'))
  return {
    members: new Set([...members, ...parents]),
    children: new Map([...children].map(([key, child]) => [key, withNamedParents(child)] as const)),
  }
}

/** Every place of the set, members of a level before what is below it. */
export function placesOf({ members, children }: FieldSet): string[][] {
  const below = [...children].sort(byKey).flatMap(([key, child]) => placesOf(child).map((place) => [key, ...place]))
  return [...[...members].sort().map((key) => [key]), ...below]
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)

/** A builder of sets: places are added one by one. */
export class FieldSetBuilder implements FieldSet {
  readonly members = new Set<string>()
  readonly children = new Map<string, FieldSetBuilder>()

  add(path: readonly string[]): void {
    let level: FieldSetBuilder = this
    const last = path.length - 1
    for (let at = 0; at < last; at++) level = level.#below(path[at] as string)
    if (last >= 0) level.members.add(path[last] as string)
  }

  #below(key: string): FieldSetBuilder {
    const known = this.children.get(key)
    if (known !== undefined) return known
    const made = new FieldSetBuilder()
    this.children.set(key, made)
    return made
  }
}

/** A place without places below it. The `fieldsV1` of a running pod have thirty of them. */
const LEAF = Object.freeze({})

/** What was written for sets and parts of sets. */
const written = new WeakMap<FieldSet, Record<string, object>>()

/** The JSON of `fieldsV1`. Sets that share parts share the JSON of these, so it is never changed. */
export function toFieldsV1(set: FieldSet): Record<string, object> {
  const fields = written.get(set) ?? fieldsOf(set)
  written.set(set, fields)
  return fields
}

function fieldsOf({ members, children }: FieldSet): Record<string, object> {
  const keys = [...children.keys()]
  for (const key of members) if (!children.has(key)) keys.push(key)
  const fields: Record<string, object> = {}
  for (const key of keys.sort()) {
    const child = children.get(key)
    if (child === undefined) fields[key] = LEAF
    else fields[key] = members.has(key) ? { '.': LEAF, ...toFieldsV1(child) } : toFieldsV1(child)
  }
  return fields
}

/** Whether all places of the JSON of `fieldsV1` can be read, those of no known form left aside. */
export function isReadable(fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null) return true
  return Object.entries(fields).every(([key, below]) => isReadableKey(key) && isReadable(below))
}

function isReadableKey(key: string): boolean {
  if (key.startsWith('i:')) return /^i:-?\d+$/.test(key)
  if (!/^[kv]:/.test(key)) return true
  try {
    const value: unknown = JSON.parse(key.slice(2))
    return key.startsWith('v:') || (typeof value === 'object' && value !== null && !Array.isArray(value))
  } catch {
    return false
  }
}

/** Reads the JSON of `fieldsV1`; what has no known form is left out. */
export function fromFieldsV1(fields: unknown): FieldSet {
  const members = new Set<string>()
  const children = new Map<string, FieldSet>()
  if (typeof fields !== 'object' || fields === null) return EMPTY_SET
  for (const [key, below] of Object.entries(fields)) {
    if (!/^[fkvi]:/.test(key)) continue
    const child = fromFieldsV1(below)
    const isMember = isEmptySet(child) || Object.hasOwn(below as object, '.')
    if (isMember) members.add(key)
    if (!isEmptySet(child)) children.set(key, child)
  }
  return { members, children }
}

/** A place as messages name it: `.spec.ports[port=80,protocol="TCP"].name` */
export const placeText = (place: readonly string[]): string => place.map(elementText).join('')

function elementText(key: string): string {
  const rest = key.slice(2)
  if (key.startsWith('f:')) return `.${rest}`
  if (key.startsWith('v:')) return `[=${rest}]`
  if (!key.startsWith('k:')) return `[${rest}]`
  const keys = Object.entries(JSON.parse(rest) as object)
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
}
