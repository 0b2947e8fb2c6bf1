import { type Comparison, compare } from './compare.ts'
import { type Conflict, conflictError } from './conflict.ts'
import * as sets from './field_set.ts'
import type { Manager, Managers } from './managers.ts'
import { removePlaces } from './merge.ts'
import type { SchemaNode } from './schema_node.ts'

/** Removes what the manager applied the last time, no longer applies, and nobody else owns. */
export function prune(merged: unknown, last: sets.FieldSet | undefined, managers: Managers, node: SchemaNode): object {
  if (last === undefined || sets.isEmptySet(last)) return merged as object
  const owned = [...managers.values()].map(({ fields }) => fields).reduce(sets.union, sets.EMPTY_SET)
  const gone = sets.difference(sets.withNamedParents(last), sets.withNamedParents(owned))
  return (removePlaces(merged, gone, node) ?? {}) as object
}

export interface TakeOver {
  readonly live: object
  readonly object: object
  readonly node: SchemaNode
  readonly managers: Managers
  /** The manager that writes; the others lose what it changes. */
  readonly except: string | undefined
  readonly force: boolean
}

export interface TakenOver {
  /** The managers with what they still own; those who own nothing are gone. */
  readonly managers: Managers
  readonly changes: Comparison
}

/** Takes changed and removed fields from the other managers. @throws ApiError 409 when not forced */
export function takeOver({ live, object, node, managers, except, force }: TakeOver): TakenOver {
  const changes = compare(live, object, node)
  const taken = changes.changed
  const conflicts: Conflict[] = []
  const left = new Map<string, Manager>()
  for (const [key, manager] of managers) {
    const fields = sets.intersection(manager.fields, taken)
    if (key !== except && !sets.isEmptySet(fields)) conflicts.push({ manager, fields })
    const kept = key === except ? manager.fields : less(manager.fields, fields, changes.removed)
    if (!sets.isEmptySet(kept)) left.set(key, kept === manager.fields ? manager : { ...manager, fields: kept })
  }
  if (conflicts.length > 0 && !force) throw conflictError(conflicts)
  return { managers: left, changes }
}

/** The set without what was taken and removed; the same set when that is nothing. */
function less(set: sets.FieldSet, taken: sets.FieldSet, removed: sets.FieldSet): sets.FieldSet {
  const gone = sets.intersection(set, removed)
  return sets.difference(sets.difference(set, taken), gone)
}
