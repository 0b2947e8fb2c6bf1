import { type Comparison, compare } from './compare.ts'
import { type Conflict, conflictError } from './conflict.ts'
import * as sets from './field_set.ts'
import type { Manager, Managers } from './managers.ts'
import type { FieldFilter } from './reset_fields.ts'
import type { SchemaNode } from './schema_node.ts'

export interface TakeOver {
  readonly live: object
  readonly object: object
  readonly node: SchemaNode
  readonly managers: Managers
  /** The manager that writes; the others lose what it changes. */
  readonly except: string | undefined
  readonly force: boolean
  /** What of a difference the write can make. */
  readonly filter: FieldFilter
  /** Conflicts with these places are no conflicts. */
  readonly allowed?: (() => sets.FieldSet) | undefined
}

export interface TakenOver {
  /** The managers with what they still own; those who own nothing are gone. */
  readonly managers: Managers
  readonly changes: Comparison
}

/** Takes changed and removed fields from the other managers. @throws ApiError 409 when not forced */
export function takeOver({ live, object, node, managers, except, force, filter, allowed }: TakeOver): TakenOver {
  const { changed, removed, isWhole } = compare(live, object, node)
  const changes = { changed: filter(changed), removed: filter(removed), isWhole }
  const conflicts: Conflict[] = []
  const left = new Map<string, Manager>()
  for (const [key, manager] of managers) {
    const fields = sets.intersection(manager.fields, changes.changed)
    if (key !== except && !sets.isEmptySet(fields)) conflicts.push({ manager, fields })
    const kept = key === except ? manager.fields : less(manager.fields, fields, changes.removed)
    if (!sets.isEmptySet(kept)) left.set(key, kept === manager.fields ? manager : { ...manager, fields: kept })
  }
  if (conflicts.length > 0 && !force) refuseUnless(allowed?.() ?? sets.EMPTY_SET, conflicts)
  return { managers: left, changes }
}

function refuseUnless(allowed: sets.FieldSet, conflicts: readonly Conflict[]): void {
  const real = conflicts.map(({ manager, fields }) => ({ manager, fields: sets.difference(fields, allowed) }))
  const refused = real.filter(({ fields }) => !sets.isEmptySet(fields))
  if (refused.length > 0) throw conflictError(refused)
}

/** The set without what was taken and removed; the same set when that is nothing. */
function less(set: sets.FieldSet, taken: sets.FieldSet, removed: sets.FieldSet): sets.FieldSet {
  const gone = sets.intersection(set, removed)
  return sets.difference(sets.difference(set, taken), gone)
}
