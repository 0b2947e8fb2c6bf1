import { BoundedMap } from '../../base/bounded_map.ts'
import { fromRfc3339 } from '../../base/time.ts'
import type { ManagedFieldsEntry } from '../types.ts'
import { EMPTY_SET, type FieldSet, fromFieldsV1, isEmptySet, toFieldsV1, union } from './field_set.ts'

export type ManagerOperation = 'Apply' | 'Update'

/** Who manages fields: an applier is the same whatever version it applies; an updater is one per version. */
export interface ManagerIdentity {
  readonly manager: string
  readonly operation: ManagerOperation
  readonly apiVersion: string
  readonly subresource: string | undefined
}

/** One manager and what it owns. */
export interface Manager extends ManagerIdentity {
  readonly fields: FieldSet
  /** Absent when the manager came by its fields without a change to the object. */
  readonly time: string | undefined
}

/** The managers of an object by their keys. */
export type Managers = ReadonlyMap<string, Manager>

export const managerKey = ({ manager, operation, apiVersion, subresource = '' }: ManagerIdentity): string =>
  JSON.stringify([operation, manager, subresource, operation === 'Apply' ? '' : apiVersion])

const OPERATIONS: readonly string[] = ['Apply', 'Update']

/**
 * Sets by the JSON that they were read from, and back: most managers of an object pass a write unchanged. Only the
 * newest are kept: a set is several times as large as its JSON, and each pod has one that names its own address.
 */
const setsRead = new BoundedMap<object, FieldSet>(1_000)
const jsonOfSets = new WeakMap<FieldSet, object>()

function readFields(fields: object | undefined): FieldSet {
  if (fields === undefined) return EMPTY_SET
  const known = setsRead.get(fields)
  if (known !== undefined) return known
  const read = fromFieldsV1(fields)
  setsRead.set(fields, read)
  if (!isEmptySet(read)) jsonOfSets.set(read, fields)
  return read
}

function writeFields(set: FieldSet): object {
  const json = jsonOfSets.get(set) ?? toFieldsV1(set)
  jsonOfSets.set(set, json)
  setsRead.set(json, set)
  return json
}

/** Reads `metadata.managedFields`; undefined when an entry is not of the known form. */
export function readManagers(entries: readonly Partial<ManagedFieldsEntry>[] | undefined): Managers | undefined {
  const managers = new Map<string, Manager>()
  for (const { manager = '', operation = '', apiVersion = '', fieldsType, fieldsV1, subresource, time } of entries ??
    []) {
    if (!OPERATIONS.includes(operation) || fieldsType !== 'FieldsV1' || apiVersion === '') return undefined
    const known: Manager = {
      manager,
      operation: operation as ManagerOperation,
      apiVersion,
      subresource: subresource === '' ? undefined : subresource,
      fields: readFields(fieldsV1),
      time,
    }
    managers.set(managerKey(known), known)
  }
  return managers
}

/** Writes managers as `metadata.managedFields`, in upstream's order; undefined when there are none. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  const owners = [...managers.values()].filter(({ fields }) => !isEmptySet(fields))
  return owners.length === 0 ? undefined : owners.sort(byOrder).map(entryOf)
}

/** So many updaters are told apart; the oldest of more share an entry. */
const UPDATERS_MAX = 10
const OLD_UPDATERS = 'ancient-changes'

/** Gathers the oldest of too many updaters under one name for each version of the API. */
export function capUpdaters(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update')
  if (updaters.length <= UPDATERS_MAX) return managers
  updaters.sort(([a, one], [b, other]) => secondsOf(one) - secondsOf(other) || compareTexts(a, b))
  const capped = new Map(managers)
  const firstOf = new Map<string, string>()
  let count = updaters.length
  for (const [key, updater] of updaters) {
    if (count <= UPDATERS_MAX) break
    const first = firstOf.get(updater.apiVersion)
    if (first === undefined) {
      firstOf.set(updater.apiVersion, key)
      continue
    }
    const bucket = { ...updater, manager: OLD_UPDATERS, subresource: undefined }
    const bucketKey = managerKey(bucket)
    const known = capped.get(bucketKey)
    const gathered = known ?? capped.get(first)
    if (known === undefined) capped.delete(first)
    capped.delete(key)
    capped.set(bucketKey, { ...bucket, fields: union(updater.fields, gathered?.fields ?? EMPTY_SET) })
    count--
  }
  return capped
}

const secondsOf = ({ time }: Manager): number => fromRfc3339(time) ?? 0

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byOrder = (a: Manager, b: Manager): number =>
  compareTexts(a.operation, b.operation) ||
  (a.time === b.time ? 0 : secondsOf(a) - secondsOf(b)) ||
  compareTexts(a.manager, b.manager) ||
  compareTexts(a.apiVersion, b.apiVersion) ||
  compareTexts(a.subresource ?? '', b.subresource ?? '')

const entryOf = ({ manager, operation, apiVersion, subresource, fields, time }: Manager): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion,
  ...(time === undefined ? {} : { time }),
  fieldsType: 'FieldsV1',
  fieldsV1: writeFields(fields),
  ...(subresource === undefined ? {} : { subresource }),
})
