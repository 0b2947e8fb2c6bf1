import { type FieldError, forbidden, invalid, required, sortedMap } from '../field_error.ts'
import { matchesLabels } from '../selector_match.ts'
import type { LabelSelector, PodTemplateSpec } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { isEmptySelector, labelSelectorErrors, spelledSelector } from '../validation/selectors.ts'
import { templateErrors } from './pod_template.ts'

export interface Workload {
  readonly selector: LabelSelector | null | undefined
  readonly template: PodTemplateSpec
}

/** The selector of a workload: it must be there, be right, and not select everything. */
export function workloadSelectorErrors(selector: Workload['selector'], kindInMessage: string): FieldError[] {
  if (!selector) return [required('spec.selector')]
  const errors = labelSelectorErrors(selector, 'spec.selector')
  if (!isEmptySelector(selector)) return errors
  return [
    ...errors,
    invalid('spec.selector', spelledSelector(selector), `empty selector is invalid for ${kindInMessage}`),
  ]
}

/** The template of a workload whose pods always run: its labels must be those that are selected. */
export function workloadTemplateErrors({ selector, template }: Workload, kindInMessage: string): FieldError[] {
  const deadline = `activeDeadlineSeconds in ${kindInMessage} is not Supported`
  return [
    ...templateMismatch(selector, template),
    ...templateErrors(template, 'spec.template', ['Always']),
    ...(template.spec?.activeDeadlineSeconds === undefined
      ? []
      : [forbidden('spec.template.spec.activeDeadlineSeconds', deadline)]),
  ]
}

export function templateMismatch(selector: Workload['selector'], template: PodTemplateSpec): FieldError[] {
  if (!selector || isEmptySelector(selector) || labelSelectorErrors(selector, '').length > 0) return []
  const labels = template.metadata?.labels
  if (matchesLabels(selector, labels)) return []
  return [invalid('spec.template.metadata.labels', sortedMap(labels), '`selector` does not match template `labels`')]
}

export const selectorChangeErrors = (selector: Workload['selector'], old: Workload['selector']): FieldError[] =>
  equal(selector, old) ? [] : [invalid('spec.selector', spelledSelector(selector), 'field is immutable')]
