import { type FieldError, forbidden, invalid, required } from '../field_error.ts'
import type { LabelSelector } from '../types.ts'
import { labelErrors, labelKeyErrors, labelValueErrors } from './labels.ts'

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number]

/** What is wrong with a label selector; an absent one is fine here. */
export function labelSelectorErrors(selector: LabelSelector | undefined, field: string): FieldError[] {
  if (selector === undefined || selector === null) return []
  return [
    ...labelErrors(selector.matchLabels, `${field}.matchLabels`),
    ...(selector.matchExpressions ?? []).flatMap((one, at) =>
      requirementErrors(one, `${field}.matchExpressions[${at}]`),
    ),
  ]
}

function requirementErrors({ key, operator, values = [] }: Requirement, field: string): FieldError[] {
  return [
    ...operatorErrors(operator, values, field),
    ...labelKeyErrors(key, `${field}.key`),
    ...values.flatMap((value, at) => labelValueErrors(value, `${field}.values[${at}]`)),
  ]
}

function operatorErrors(operator: string, values: readonly string[], field: string): FieldError[] {
  if (operator === 'In' || operator === 'NotIn') {
    return values.length > 0
      ? []
      : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
    return values.length === 0 ? [] : [forbidden(`${field}.values`, detail)]
  }
  return [invalid(`${field}.operator`, operator, 'not a valid selector operator')]
}

export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
