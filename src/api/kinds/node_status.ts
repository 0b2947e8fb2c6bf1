import { duplicate, type FieldError, invalid } from '../field_error.ts'
import type { MutableObject } from '../kind_rules.ts'
import type { Node } from '../types.ts'
import { goNamed } from '../validation/go_names.ts'
import { resourceAmountErrors } from '../validation/resource_names.ts'
import { items, keepSpec, type Loose } from './draft.ts'

const FEATURE = /^([A-Z][a-zA-Z0-9]*)(\/[a-zA-Z0-9]+)*$/
const FEATURE_BYTES_MAX = 253
const FEATURE_FORM =
  "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"

/** Configuration that nodes once got from the API is kept where it was, and not taken up again. */
export function prepareNodeStatus(draft: MutableObject, old: Node): void {
  keepSpec(draft, old)
  if ((old.status as Loose)?.config === undefined) delete draft['status']?.config
}

/** What is wrong with what a node says of itself. */
export function nodeStatusErrors({ status }: Node): FieldError[] {
  const { capacity, allocatable, addresses, declaredFeatures } = (status ?? {}) as Loose
  return [
    ...amountErrors(capacity, 'status.capacity'),
    ...amountErrors(allocatable, 'status.allocatable'),
    ...featureErrors(items(declaredFeatures) as unknown as string[]),
    ...addressErrors(items(addresses)),
  ]
}

const amountErrors = (amounts: Loose, field: string): FieldError[] =>
  Object.entries<string>(amounts ?? {}).flatMap(([name, amount]) =>
    resourceAmountErrors(name, amount, `${field}.${name}`),
  )

function featureErrors(features: readonly string[]): FieldError[] {
  return features.flatMap((name, index) => {
    const field = `status.declaredFeatures[${index}]`
    const lead = `invalid feature name ${JSON.stringify(name)}:`
    const before = features[index - 1]
    return [
      ...(name.length > FEATURE_BYTES_MAX
        ? [invalid(field, name, `${lead} must be no more than ${FEATURE_BYTES_MAX} characters`)]
        : FEATURE.test(name)
          ? []
          : [invalid(field, name, `${lead} ${FEATURE_FORM}`)]),
      ...(before !== undefined && before > name ? [invalid(field, name, 'list must be sorted alphabetically')] : []),
    ]
  })
}

function addressErrors(addresses: readonly Loose[]): FieldError[] {
  const keys = addresses.map(({ type, address }) => JSON.stringify([type, address]))
  return addresses.flatMap((one, index) =>
    keys.indexOf(keys[index] ?? '') < index
      ? [duplicate(`status.addresses[${index}]`, goNamed('core.NodeAddress', one))]
      : [],
  )
}
