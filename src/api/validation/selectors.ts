import { type FieldError, forbidden, invalid, required, SpelledValue, sortedMap } from '../field_error.ts'
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

/** A selector as Go's encoder writes it, the labels sorted. */
export function spelledSelector(selector: LabelSelector | null | undefined): SpelledValue {
  if (!selector) return new SpelledValue('null')
  const { matchLabels, matchExpressions } = selector
  const hasLabels = Object.keys(matchLabels ?? {}).length > 0
  const labels = hasLabels ? [`"matchLabels":${sortedMap(matchLabels).text}`] : []
  const expressions =
    (matchExpressions ?? []).length === 0 ? [] : [`"matchExpressions":${JSON.stringify(matchExpressions)}`]
  return new SpelledValue(`{${[...labels, ...expressions].join(',')}}`)
}

/** A selector as `kubectl get -o wide` shows it: `app=a,tier in (x,y),!gone`. */
export function selectorText(selector: LabelSelector | null | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }))
  const others = (selector?.matchExpressions ?? []).map((one) => ({ key: one.key, text: requirementText(one) }))
  const all = [...labels, ...others].sort((a, b) => (a.key < b.key ? -1 : 1))
  return all.length === 0 ? '<none>' : all.map(({ text }) => text).join(',')
}

function requirementText({ key, operator, values = [] }: Requirement): string {
  const list = `(${[...values].sort().join(',')})`
  if (operator === 'In') return `${key} in ${list}`
  if (operator === 'NotIn') return `${key} notin ${list}`
  return operator === 'Exists' ? key : `!${key}`
}
