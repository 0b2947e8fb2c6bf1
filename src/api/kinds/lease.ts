import { type FieldError, invalid } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { LEASES } from '../resources.ts'
import type { Lease } from '../types.ts'
import { nonNegative } from '../validation/numbers.ts'
import { ageOf } from './durations.ts'

function validate({ spec }: Lease): FieldError[] {
  const seconds = spec?.leaseDurationSeconds
  return [
    ...(seconds !== undefined && seconds <= 0
      ? [invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : []),
    ...nonNegative(spec?.leaseTransitions, 'spec.leaseTransitions'),
  ]
}

/** Behind a gate that v1.36 ships off: dropped without a word. */
function dropGatedFields({ spec }: MutableObject): void {
  if (!spec) return
  delete spec.strategy
  delete spec.preferredHolder
}

/** Who leads, and until when. */
export const leaseRules: KindRules<Lease> = {
  resource: LEASES,
  generation: 'none',
  createOnUpdate: true,
  prepareCreate: dropGatedFields,
  prepareUpdate: dropGatedFields,
  validateCreate: validate,
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    spec?.holderIdentity ?? '',
    ageOf(metadata.creationTimestamp, now),
  ],
}
