import { type FieldError, forbidden, invalid, required, sortedMap } from '../field_error.ts'
import { matchesLabels } from '../selector_match.ts'
import type { LabelSelector, PodTemplateSpec } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { isEmptySelector, labelSelectorErrors, spelledSelector } from '../validation/selectors.ts'
import { templateErrors } from './pod/pod_template.ts'

export interface Workload {
  readonly selector: LabelSelector | null | undefined
  readonly template: PodTemplateSpec
}

/** The selector of a workload: it must be there, be right, and not select everything. */
export function workloadSelectorErrors(selector: Workload['selector'], kindInMessage: string): FieldError[] {
  if (!selector) return [required('spec.selector')]
  const errors = labelSelectorErrors(selector, 'spec.selector')
  if (errors.length > 0)
    return [...errors, invalid('spec.selector', spelledSelector(selector), 'invalid label selector')]
  if (!isEmptySelector(selector)) return []
  return [invalid('spec.selector', spelledSelector(selector), `empty selector is invalid for ${kindInMessage}`)]
}

/**
 * The template of a workload whose pods always run: its labels must be those that are selected.
 * Beside a selector that means nothing it is not looked at.
 */
export function workloadTemplateErrors({ selector, template }: Workload, kindInMessage: string): FieldError[] {
  if (selector && labelSelectorErrors(selector, '').length > 0) return []
  return [...templateMismatch(selector, template), ...runningTemplateErrors(template, kindInMessage)]
}

/** A DaemonSet's selector and template: here upstream looks at the template in any case. */
export function daemonTemplateErrors({ selector, template }: Workload): FieldError[] {
  const empty = selector && isEmptySelector(selector)
  return [
    ...labelSelectorErrors(selector ?? undefined, 'spec.selector'),
    ...templateMismatch(selector, template),
    ...(empty ? [invalid('spec.selector', spelledSelector(selector), 'empty selector is invalid for daemonset')] : []),
    ...runningTemplateErrors(template, 'DaemonSet'),
  ]
}

/** The template of pods that always run. */
export function runningTemplateErrors(template: PodTemplateSpec, kindInMessage: string): FieldError[] {
  const deadline = `activeDeadlineSeconds in ${kindInMessage} is not Supported`
  return [
    ...templateErrors(template, 'spec.template', ['Always']),
    ...(template.spec?.activeDeadlineSeconds === undefined
      ? []
      : [forbidden('spec.template.spec.activeDeadlineSeconds', deadline)]),
  ]
}

export function templateMismatch(selector: Workload['selector'], template: PodTemplateSpec): FieldError[] {
  if (selector && (isEmptySelector(selector) || labelSelectorErrors(selector, '').length > 0)) return []
  const labels = template.metadata?.labels
  if (selector && matchesLabels(selector, labels)) return []
  return [invalid('spec.template.metadata.labels', sortedMap(labels), '`selector` does not match template `labels`')]
}

export const selectorChangeErrors = (selector: Workload['selector'], old: Workload['selector']): FieldError[] =>
  equal(selector, old) ? [] : [invalid('spec.selector', spelledSelector(selector), 'field is immutable')]
