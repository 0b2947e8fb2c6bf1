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

export const isEmptySet = (set: FieldSet): boolean => set.members.size === 0 && set.children.size === 0

function combined(
  a: FieldSet,
  b: FieldSet,
  rules: { member: (inA: boolean, inB: boolean) => boolean; child: (a: FieldSet, b: FieldSet) => FieldSet },
): FieldSet {
  const names = new Set([...a.members, ...b.members])
  const members = new Set([...names].filter((key) => rules.member(a.members.has(key), b.members.has(key))))
  const children = new Map<string, FieldSet>()
  for (const key of new Set([...a.children.keys(), ...b.children.keys()])) {
    const child = rules.child(a.children.get(key) ?? EMPTY_SET, b.children.get(key) ?? EMPTY_SET)
    if (!isEmptySet(child)) children.set(key, child)
  }
  return { members, children }
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b
  return isEmptySet(b) ? a : combined(a, b, { member: (inA, inB) => inA || inB, child: union })
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a) || isEmptySet(b)) return EMPTY_SET
  return combined(a, b, { member: (inA, inB) => inA && inB, child: intersection })
}

/** What is in `a` but not in `b`; places below a place of `b` stay. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a) || isEmptySet(b)) return a
  return combined(a, b, { member: (inA, inB) => inA && !inB, child: difference })
}

/** The set without a place and all below it. */
export function without(set: FieldSet, [key, ...rest]: readonly string[]): FieldSet {
  if (key === undefined) return EMPTY_SET
  const members = new Set(set.members)
  const children = new Map(set.children)
  const child = children.get(key)
  if (rest.length === 0) {
    members.delete(key)
    children.delete(key)
  } else if (child !== undefined) {
    const less = without(child, rest)
    if (isEmptySet(less)) children.delete(key)
    else children.set(key, less)
  }
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
    for (const key of path.slice(0, -1)) {
      const next = level.children.get(key) ?? new FieldSetBuilder()
      level.children.set(key, next)
      level = next
    }
    const last = path.at(-1)
    if (last !== undefined) level.members.add(last)
  }
}

/** The JSON of `fieldsV1`. */
export function toFieldsV1({ members, children }: FieldSet): Record<string, object> {
  const keys = [...new Set([...members, ...children.keys()])].sort()
  const entries = keys.map((key) => {
    const child = children.get(key)
    if (child === undefined) return [key, {}] as const
    return [key, { ...(members.has(key) ? { '.': {} } : {}), ...toFieldsV1(child) }] as const
  })
  return Object.fromEntries(entries)
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
