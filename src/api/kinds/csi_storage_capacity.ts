import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { nanosOf } from '../quantity.ts'
import { formed } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { NOT_NEGATIVE } from '../validation/numbers.ts'
import { labelSelectorErrors, spelledSelector } from '../validation/selectors.ts'
import { namespacedRef, type Stored } from './refs.ts'

type CsiStorageCapacity = Stored<k8s.V1CSIStorageCapacity>

function validate({ nodeTopology, storageClassName, capacity }: CsiStorageCapacity): FieldError[] {
  return [
    ...labelSelectorErrors(nodeTopology, 'nodeTopology'),
    ...formed(storageClassName ?? '', dnsSubdomain, 'storageClassName'),
    ...(capacity !== undefined && nanosOf(capacity) < 0n ? [invalid('capacity', capacity, NOT_NEGATIVE)] : []),
  ]
}

const changeErrors = (one: CsiStorageCapacity, old: CsiStorageCapacity): FieldError[] => [
  ...(equal(one.nodeTopology, old.nodeTopology)
    ? []
    : [invalid('nodeTopology', spelledSelector(one.nodeTopology), 'field is immutable')]),
  ...(one.storageClassName === old.storageClassName
    ? []
    : [invalid('storageClassName', one.storageClassName, 'field is immutable')]),
]

/** How much storage a driver can still make, and where. */
export const csiStorageCapacityRules: KindRules<CsiStorageCapacity> = {
  resource: namespacedRef('storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity'),
  generation: 'none',
  validateCreate: validate,
  validateUpdate: (one, old) => [...validate(one), ...changeErrors(one, old)],
  cells: ({ metadata, storageClassName, capacity }) => [metadata.name, storageClassName, capacity ?? '<unset>'],
}
