import { DecodeError } from '../decode/state.ts'
import { decodeObject } from '../decode.ts'
import { ApiError } from '../error.ts'
import { sameJson } from '../patch/json_patch.ts'
import type { ManagedFieldsEntry } from '../types.ts'
import { compare } from './compare.ts'
import * as sets from './field_set.ts'
import {
  type Manager,
  type ManagerIdentity,
  type Managers,
  managerKey,
  readManagers,
  writeManagers,
} from './managers.ts'
import { mergeApplied } from './merge.ts'
import { prune, takeOver } from './ownership.ts'
import { type SchemaNode, schemaNode } from './schema_node.ts'
import { checkApplied, setOf } from './set_of.ts'
import { zeroObject } from './zero_object.ts'

/** The managers that an object had before anybody applied to it are gathered under this name. */
const BEFORE_FIRST_APPLY = 'before-first-apply'

/** Fields that nobody manages. */
const UNMANAGED: readonly (readonly string[])[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => ['f:metadata', `f:${name}`]),
]

interface Write {
  /** The table's type of the object. */
  readonly typeName: string
  readonly manager: ManagerIdentity
  /** The object as it is; undefined when the write creates it. */
  readonly live: object | undefined
  /** RFC 3339. */
  readonly now: string
  /** Whether the kind has a status of its own, which writes to the main resource do not touch. */
  readonly hasStatus: boolean
}

export interface ApplyRequest extends Write {
  /** The applied object as it was sent, without managed fields. */
  readonly applied: object
  /** The namespace that was sent, for messages: '' when only the path has one. */
  readonly sentNamespace: string
  readonly force: boolean
}

export interface Applied {
  /** The live object with the applied one merged into it, without managed fields; undefined when nothing changes. */
  readonly object: object | undefined
  readonly managedFields: readonly ManagedFieldsEntry[] | undefined
}

/**
 * Server-side apply: merges an applied object into the live one, removes what its manager applied
 * before and nobody owns any more, and keeps account of who owns what.
 * @throws ApiError 409 with the conflicts unless forced, 500 when the object does not fit the schema
 */
export function applyObject(request: ApplyRequest): Applied {
  const { typeName, applied, force, now } = request
  const node = schemaNode(typeName)
  checkApplied(applied, node, describe(request))
  const live = bare(request.live) ?? emptyObject(typeName)
  const before = managersBeforeApply(request, live, node)
  const key = managerKey(request.manager)
  const last = before.get(key)
  const own: Manager = { ...request.manager, fields: setOf(applied, node), time: last?.time }
  const claimed = new Map([...before, [key, own]])
  const merged = mergeApplied(live, applied, node)
  const pruned = prune(merged, last?.fields, claimed, node)
  const { managers } = takeOver({ live, object: pruned, node, managers: claimed, except: key, force })
  const changed = !sameJson(normal(request, live), normal(request, pruned))
  // An empty thing that is applied counts as a change, though nothing of it is stored.
  const time = sameJson(live, pruned) ? own.time : now
  const counted = new Map([...managers, [key, { ...own, time, fields: managedOf(own.fields, request) }]])
  return { object: changed || request.live === undefined ? pruned : undefined, managedFields: writeManagers(counted) }
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
  const { managers, changes } = takeOver({ live: old, object, node, managers: before, except: undefined, force: true })
  const taken = managedOf(changes.changed, request)
  if (sets.isEmptySet(taken)) return writeManagers(managers)
  const key = managerKey(manager)
  const fields = sets.union(taken, managers.get(key)?.fields ?? sets.EMPTY_SET)
  return writeManagers(new Map([...managers, [key, { ...manager, fields, time: now }]]))
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

const emptyObject = (typeName: string): object => decodeObject(typeName, {}).object

/** An object as it would be stored: an empty list that is applied again and again changes nothing. @throws ApiError 500 */
function normal(request: ApplyRequest, object: object): object {
  try {
    return decodeObject(request.typeName, object).object
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown
    throw new ApiError({
      code: 500,
      message: `failed to create typed patch object (${describe(request)}): ${thrown.message}`,
    })
  }
}

function describe({ applied, manager, sentNamespace }: ApplyRequest): string {
  const { metadata } = applied as WithMeta
  const { kind = '' } = applied as { kind?: string }
  const gv = manager.apiVersion.includes('/') ? manager.apiVersion : `/${manager.apiVersion}`
  return `${sentNamespace}/${metadata?.name ?? ''}; ${gv}, Kind=${kind}`
}

/** What of a set a write through this subresource can own. */
function managedOf(set: sets.FieldSet, { manager, hasStatus }: Write): sets.FieldSet {
  const isOfStatus = manager.subresource === 'status'
  const known = managedParts[isOfStatus ? 'status' : hasStatus ? 'main' : 'whole']
  const managed = known.get(set) ?? findManaged(set, isOfStatus, hasStatus)
  known.set(set, managed)
  return managed
}

/** What was found for sets that several objects share. */
const managedParts = {
  status: new WeakMap<sets.FieldSet, sets.FieldSet>(),
  main: new WeakMap<sets.FieldSet, sets.FieldSet>(),
  whole: new WeakMap<sets.FieldSet, sets.FieldSet>(),
}

function findManaged(set: sets.FieldSet, isOfStatus: boolean, hasStatus: boolean): sets.FieldSet {
  if (isOfStatus) return sets.onlyBelow(set, 'f:status')
  const managed = UNMANAGED.reduce((left, path) => sets.without(left, path), set)
  const bareOfMeta = { ...managed, members: new Set([...managed.members].filter((key) => key !== 'f:metadata')) }
  return hasStatus ? sets.without(bareOfMeta, ['f:status']) : bareOfMeta
}

/** A client may set managed fields, reset them with `[{}]`, or leave them out, which keeps those of the live object. */
function managersBeforeUpdate({ live, updated, manager }: UpdateRequest): Managers {
  // Through a subresource the managed fields cannot be set.
  const wanted = manager.subresource === undefined ? entriesOf(updated) : undefined
  if (wanted?.length === 1 && Object.keys(wanted[0] ?? {}).length === 0) return new Map()
  const kept = entriesOf(live)
  // Almost every client sends back what it got: then nothing is read again that has been read before.
  const asked = wanted === undefined || sameJson(wanted, kept) ? undefined : readManagers(wanted)
  if (asked !== undefined && asked.size > 0) return asked
  return readManagers(kept) ?? new Map()
}

/** What an object without managers holds is owned by a manager for all that came before. */
function managersBeforeApply(request: ApplyRequest, live: object, node: SchemaNode): Managers {
  const known = readManagers(entriesOf(request.live)) ?? new Map<string, Manager>()
  if (known.size > 0 || request.live === undefined) return known
  const { changed } = compare(zeroObject(request.typeName), live, node)
  const fields = managedOf(changed, {
    ...request,
    manager: { ...request.manager, subresource: undefined },
  })
  const identity: ManagerIdentity = {
    manager: BEFORE_FIRST_APPLY,
    operation: 'Update',
    apiVersion: request.manager.apiVersion,
    subresource: undefined,
  }
  return new Map([[managerKey(identity), { ...identity, fields, time: request.now }]])
}
