import type { MutableObject } from '../api/kind_rules.ts'
import type { KubeObject } from '../api/types.ts'
import type { Millis } from '../base/clock.ts'
import type { Call } from './call.ts'

/** What the managed fields of a write are computed from. */
export interface ManagedWrite {
  readonly call: Call
  readonly draft: MutableObject
  readonly old: KubeObject | undefined
  /** The object before the server filled in anything. */
  readonly asSent: MutableObject
  readonly now: Millis
}

/** Keeps the managed fields that are there; a write without them does not drop them. */
export function recordManager({ draft, old }: ManagedWrite): void {
  const known = old?.metadata.managedFields
  if (draft.metadata['managedFields'] === undefined && known !== undefined) draft.metadata['managedFields'] = known
}
