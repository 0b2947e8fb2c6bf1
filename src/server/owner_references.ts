import type { MutableObject } from '../api/kind_rules.ts'
import type { OwnerReference } from '../api/types.ts'
import type { Call } from './call.ts'
import { sameContent } from './metadata.ts'

/** When repeated owners were found; upstream words it accordingly. */
type Found = 'in what was sent' | 'after admission'

/** Each owner counts once; whoever repeats one is told so. */
export function dropRepeatedOwners(
  { warnings }: Pick<Call, 'warnings'>,
  { metadata }: MutableObject,
  found: Found,
): void {
  const owners = metadata['ownerReferences'] as readonly OwnerReference[] | undefined
  if (owners === undefined || owners.length < 2) return
  const kept: OwnerReference[] = []
  const repeated: string[] = []
  for (const owner of owners) {
    if (kept.some((one) => one.uid === owner.uid && sameContent(one, owner))) repeated.push(owner.uid)
    else kept.push(owner)
  }
  if (repeated.length === 0) return
  metadata['ownerReferences'] = kept
  const when = found === 'in what was sent' ? '' : ' after mutating admission happens'
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  )
}
