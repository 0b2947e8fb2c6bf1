import { DecodeError } from '../decode/state.ts'
import { decodeObject } from '../decode.ts'
import { ApiError } from '../error.ts'
import type { MutableObject } from '../kind_rules.ts'
import { sameJson } from '../patch/json_patch.ts'
import { parseGroupVersion, typeNameOf } from '../schema/table.ts'
import type { ManagedFieldsEntry } from '../types.ts'
import { checkFits } from './check_applied.ts'
import { compare } from './compare.ts'
import * as sets from './field_set.ts'
import { KUBECTL, takenFromLastApplied, withLastApplied } from './last_applied.ts'
import {
  capUpdaters,
  type Manager,
  type ManagerIdentity,
  type Managers,
  managerKey,
  readManagers,
  writeManagers,
} from './managers.ts'
import { mergeApplied } from './merge.ts'
import { takeOver } from './ownership.ts'
import { prune } from './prune.ts'
import { type FieldFilter, managedOnly } from './reset_fields.ts'
import { type SchemaNode, schemaNode } from './schema_node.ts'
import { setOf } from './set_of.ts'
import { zeroObject } from './zero_object.ts'

/** The managers that an object had before anybody applied to it are gathered under this name. */
const BEFORE_FIRST_APPLY = 'before-first-apply'

interface Write {
  /** The table's type of the object. */
  readonly typeName: string
  readonly manager: ManagerIdentity
  /** The object as it is; undefined when the write creates it. */
  readonly live: object | undefined
  /** RFC 3339. */
  readonly now: string
  /** What of a set the write can own. */
  readonly filter: FieldFilter
}

export interface ApplyRequest extends Write {
  /** The applied object as it was sent. */
  readonly applied: object
  readonly force: boolean
}

export interface Applied {
  /** The live object with the applied one merged into it, decoded; undefined when nothing changes. */
  readonly object: MutableObject | undefined
  /** The object again with its empty lists and maps, when it has any. */
  readonly hollow?: ((empties: 'kept' | 'encoded') => MutableObject) | undefined
  readonly managedFields: readonly ManagedFieldsEntry[] | undefined
}

/**
 * Server-side apply: merges an applied object into the live one, removes what its manager applied
 * before and nobody owns any more, and keeps account of who owns what.
 * @throws ApiError 409 with the conflicts unless forced, 500 when the object does not fit the schema
 */
export function applyObject(request: ApplyRequest): Applied {
  const { typeName, applied, manager, now } = request
  const node = schemaNode(typeName)
  checkFits(applied, node, { what: `create typed patch object (${describe(applied)})`, duplicates: 'refused' })
  const live = bare(request.live) ?? zeroObject(typeName)
  checkFits(live, node, { what: `create typed live object (${describe(live)})`, duplicates: 'allowed' })
  const before = managersBeforeApply(request, live, node)
  const key = managerKey(manager)
  const last = before.get(key)
  const own: Manager = { ...manager, fields: request.filter(setOf(applied, node)), time: last?.time }
  const claimed = new Map([...before, [key, own]])
  const pruned = prune(mergeApplied(live, applied, node) as object, last?.fields, claimed, node)
  const allowed = manager.manager === KUBECTL ? () => takenFromLastApplied(live, manager.apiVersion, node) : undefined
  const { managers } = takeOver({ ...request, object: pruned, live, node, managers: claimed, except: key, allowed })
  const isSame = request.live !== undefined && sameJson(live, pruned)
  const time = isSame ? own.time : now
  const counted = new Map([...managers, [key, { ...own, time, fields: managedOnly(own.fields) }]])
  const told = manager.manager === KUBECTL ? withLastApplied(pruned, applied) : pruned
  const managedFields = writeManagers(counted)
  return { ...(isSame && told === pruned ? { object: undefined } : decoded(request, told)), managedFields }
}

/** What was merged, as an object of its type. @throws ApiError 500 when it is none */
function decoded({ typeName, applied }: ApplyRequest, merged: object): Pick<Applied, 'object' | 'hollow'> {
  try {
    const { object, hollow } = decodeObject(typeName, merged, 'map')
    const again = (empties: 'kept' | 'encoded') => decodeObject(typeName, merged, 'map', empties).object
    return { object, hollow: hollow ? again : undefined }
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown
    const why = `unable to convert unstructured object to ${kindText(applied)}: ${thrown.message}`
    const message = `failed to convert new object (${describe(applied)}) to proper version: ${why}`
    throw new ApiError({ code: 500, message })
  }
}

export interface UpdateRequest extends Write {
  /** The object as it is going to be, after defaulting; its own managed fields say what the client wants of them. */
  readonly updated: object
}

/**
 * The managed fields of an object after an update: the writer owns what it changed, nobody owns what
 * it removed. Undefined when there are none, as on objects whose managed fields have been dropped.
 */
export function managedFieldsOfUpdate(request: UpdateRequest): readonly ManagedFieldsEntry[] | undefined {
  const { typeName, live, updated, manager, now } = request
  const node = schemaNode(typeName)
  const before = managersBeforeUpdate(request)
  if (before.size === 0 && live !== undefined) return undefined
  const old = bare(live) ?? zeroObject(typeName)
  const object = bare(updated) ?? {}
  const taking = { live: old, object, node, managers: before, except: undefined, force: true, filter: request.filter }
  const { managers, changes } = takeOver(taking)
  if (!changes.isWhole) return undefined
  const taken = managedOnly(changes.changed)
  if (sets.isEmptySet(taken)) return writeManagers(capUpdaters(managers))
  const key = managerKey(manager)
  const fields = sets.union(taken, managers.get(key)?.fields ?? sets.EMPTY_SET)
  return writeManagers(capUpdaters(new Map([...managers, [key, { ...manager, fields, time: now }]])))
}

type WithMeta = {
  readonly metadata?: {
    readonly managedFields?: readonly Partial<ManagedFieldsEntry>[]
    readonly name?: string
    readonly namespace?: string
  }
}

const entriesOf = (object: object | undefined) => (object as WithMeta | undefined)?.metadata?.managedFields

/** An object without its managed fields. */
function bare(object: object | undefined): object | undefined {
  if (object === undefined || entriesOf(object) === undefined) return object
  const { managedFields: _, ...metadata } = (object as WithMeta).metadata ?? {}
  return { ...object, metadata }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** `ns/name; apps/v1, Kind=Deployment`, as far as the object says it. */
function describe(object: object): string {
  const { metadata } = object as WithMeta
  return `${textOf(metadata?.namespace)}/${textOf(metadata?.name)}; ${kindText(object)}`
}

function kindText(object: object): string {
  const { apiVersion, kind } = object as { apiVersion?: string; kind?: string }
  const gv = textOf(apiVersion)
  return `${gv.includes('/') ? gv : `/${gv}`}, Kind=${textOf(kind)}`
}

/** A client may set managed fields, reset them with `[{}]`, or leave them out, which keeps those of the live object. */
function managersBeforeUpdate({ typeName, live, updated, manager }: UpdateRequest): Managers {
  // Through a subresource the managed fields cannot be set.
  const wanted = manager.subresource === undefined ? entriesOf(updated) : undefined
  if (wanted !== undefined && isReset(wanted)) return new Map()
  const kept = entriesOf(live)
  // Almost every client sends back what it got: then nothing is read again that has been read before.
  const asked = wanted === undefined || sameJson(wanted, kept) ? undefined : askedManagers(wanted, typeName)
  if (asked !== undefined) return asked
  return readManagers(kept) ?? new Map()
}

/** The managers that a client wants; those of versions that the kind never had are none. Undefined when they cannot be read. */
function askedManagers(wanted: readonly Partial<ManagedFieldsEntry>[], typeName: string): Managers | undefined {
  if (!wanted.every(({ fieldsV1 }) => sets.isReadable(fieldsV1))) return undefined
  const asked = readManagers(wanted)
  if (asked === undefined || asked.size === 0) return undefined
  const kind = typeName.slice(typeName.lastIndexOf('.') + 1)
  const isKnown = ({ apiVersion }: Manager): boolean => {
    const { group, version } = parseGroupVersion(apiVersion)
    return typeNameOf(group, version, kind) !== undefined
  }
  return new Map([...asked].filter(([, manager]) => isKnown(manager)))
}

const isReset = (wanted: readonly Partial<ManagedFieldsEntry>[]): boolean =>
  wanted.length === 0 || (wanted.length === 1 && Object.keys(wanted[0] ?? {}).length === 0)

/** What an object without managers holds is owned by a manager for all that came before. */
function managersBeforeApply(request: ApplyRequest, live: object, node: SchemaNode): Managers {
  const known = readManagers(entriesOf(request.live)) ?? new Map<string, Manager>()
  if (known.size > 0 || request.live === undefined) return known
  const { changed } = compare(zeroObject(request.typeName), live, node)
  const fields = managedOnly(request.filter(changed))
  if (sets.isEmptySet(fields)) return known
  const identity: ManagerIdentity = { ...request.manager, manager: BEFORE_FIRST_APPLY, operation: 'Update' }
  return new Map([[managerKey(identity), { ...identity, fields, time: request.now }]])
}
