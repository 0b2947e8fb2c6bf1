import { managedFieldsOfUpdate } from '../api/apply/apply.ts'
import type { ManagerIdentity } from '../api/apply/managers.ts'
import { type FieldFilter, resetFilter } from '../api/apply/reset_fields.ts'
import type { MutableObject } from '../api/kind_rules.ts'
import { apiVersionOf } from '../api/resource.ts'
import type { KubeObject } from '../api/types.ts'
import type { Millis } from '../base/clock.ts'
import { toRfc3339 } from '../base/time.ts'
import type { Call } from './call.ts'
import type { Core } from './core.ts'

/** What the managed fields of a write are computed from. */
export interface ManagedWrite {
  readonly call: Call
  /** The object as it is going to be. */
  readonly draft: MutableObject
  /** The draft as an encoder would write it, with its empty lists and maps. */
  encoded?(): MutableObject
  readonly old: KubeObject | undefined
  readonly now: Millis
}

/** Who a write counts for: the field manager it names, or the program that sent it. */
export function managerOf({ request, target, defaultManager }: Call, operation: 'Apply' | 'Update'): ManagerIdentity {
  return {
    manager: request.options.fieldManager || defaultManager,
    operation,
    apiVersion: apiVersionOf(target.facts.ref),
    subresource: target.subresource?.name,
  }
}

/** What of a set a write through the resource or subresource of the call can own. */
export function filterOf({ target: { facts, subresource } }: Call): FieldFilter {
  const { group, resource } = facts.ref
  const hasStatus = facts.subresources.some(({ name }) => name === 'status')
  return resetFilter({ group, resource, subresource: subresource?.name, hasStatus })
}

/** Keeps account of who changed what. An apply has done so itself, while it merged. */
export function recordManager({ call, draft, encoded, old, now }: ManagedWrite): void {
  // A Scale has kept its own account.
  if (call.request.patchType === 'apply' || call.target.subresource?.name === 'scale') return
  const { facts } = call.target
  const managedFields = managedFieldsOfUpdate({
    typeName: facts.typeName,
    manager: managerOf(call, 'Update'),
    live: old,
    updated: call.hollowDraft === undefined ? draft : (encoded?.() ?? draft),
    now: toRfc3339(now),
    filter: filterOf(call),
  })
  if (managedFields === undefined || managedFields.length === 0) delete draft.metadata['managedFields']
  else draft.metadata['managedFields'] = managedFields
}

/** The same for an object that is answered and not kept: a review, a token. */
export function recordPlainManager(core: Core, call: Call, draft: MutableObject, typeName: string): void {
  delete draft.metadata['managedFields']
  const managedFields = managedFieldsOfUpdate({
    typeName,
    manager: { ...managerOf(call, 'Update'), apiVersion: draft.apiVersion },
    live: undefined,
    updated: draft,
    now: toRfc3339(core.deps.clock.now()),
    filter: (set) => set,
  })
  if (managedFields?.length) draft.metadata['managedFields'] = managedFields
}
