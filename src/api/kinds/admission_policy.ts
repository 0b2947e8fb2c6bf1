import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { formed, oneOf } from '../validation/checks.ts'
import { qualifiedName } from '../validation/names.ts'
import {
  expressionErrors,
  matchConditionErrors,
  matchDefaults,
  matchErrors,
  paramKindErrors,
  variableErrors,
} from './admission_match.ts'
import { part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'
import { FAILURE_POLICIES } from './webhook_validation.ts'

type Policy = StoredWithSpec<k8s.V1ValidatingAdmissionPolicy>
type Validation = Wire<k8s.V1Validation>
type AuditAnnotation = Wire<k8s.V1AuditAnnotation>

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const ANNOTATIONS_MAX = 20
const ANNOTATION_BYTES_MAX = 5 * 1024

function validate({ metadata, spec }: Policy): FieldError[] {
  const { validations = [], auditAnnotations = [] } = spec
  return [
    ...oneOf(spec.failurePolicy, FAILURE_POLICIES, 'spec.failurePolicy'),
    ...paramKindErrors(spec.paramKind, 'spec.paramKind'),
    ...constraintErrors(spec.matchConstraints, 'spec.matchConstraints'),
    ...matchConditionErrors(spec.matchConditions, 'spec.matchConditions'),
    ...variableErrors(spec.variables, 'spec.variables'),
    ...(validations.length + auditAnnotations.length === 0 ? nothingToDo() : []),
    ...validations.flatMap((one, index) => validationErrors(one, `spec.validations[${index}]`)),
    ...annotationErrors(auditAnnotations, metadata.name, 'spec.auditAnnotations'),
  ]
}

/** What a policy is about: it needs at least one rule, for the types to be known. */
export function constraintErrors(match: Policy['spec']['matchConstraints'], at: string): FieldError[] {
  if (match === undefined) return [required(at)]
  return [
    ...matchErrors(match, at),
    ...((match.resourceRules ?? []).length === 0 ? [required(`${at}.resourceRules`)] : []),
  ]
}

function nothingToDo(): FieldError[] {
  const detail = 'validations or auditAnnotations must contain at least one item'
  return [required('spec.validations', detail), required('spec.auditAnnotations', detail)]
}

const notBlank = (text: string | undefined, field: string): FieldError[] =>
  text && text.trim() === '' ? [invalid(field, text, 'must be non-empty if specified')] : []

const validationErrors = (one: Validation, at: string): FieldError[] => [
  ...expressionErrors(one.expression, `${at}.expression`, 'expression is not specified'),
  ...notBlank(one.messageExpression, `${at}.messageExpression`),
  ...notBlank(one.message, `${at}.message`),
  ...(one.message?.trim().includes('\n')
    ? [invalid(`${at}.message`, one.message, 'must not contain line breaks')]
    : []),
  ...oneOf(one.reason, REASONS, `${at}.reason`),
]

function annotationErrors(annotations: readonly AuditAnnotation[], policy: string, field: string): FieldError[] {
  const keys = annotations.map(({ key }) => key)
  const detail = `must not have more than ${ANNOTATIONS_MAX} auditAnnotations`
  return [
    ...(annotations.length > ANNOTATIONS_MAX ? [invalid(field, annotations, detail)] : []),
    ...annotations.flatMap((one, index) => [
      ...annotationKeyErrors(one.key ?? '', policy, `${field}[${index}].key`),
      ...annotationValueErrors(one.valueExpression ?? '', `${field}[${index}].valueExpression`),
      ...(keys.indexOf(one.key) < index ? [duplicate(`${field}[${index}].key`, one.key ?? '')] : []),
    ]),
  ]
}

/** In the audit log the key stands behind the policy's name. */
const annotationKeyErrors = (key: string, policy: string, field: string): FieldError[] =>
  policy === ''
    ? [invalid(field, key, 'requires metadata.name be non-empty')]
    : formed(`${policy}/${key}`, qualifiedName, field)

function annotationValueErrors(expression: string, field: string): FieldError[] {
  const tooLong = expression.trim().length > ANNOTATION_BYTES_MAX
  if (tooLong) return [required(field, `must not exceed ${ANNOTATION_BYTES_MAX} bytes in length`)]
  return expressionErrors(expression, field, 'valueExpression is not specified')
}

/** Rules in a small language that may refuse a write. */
export const admissionPolicyRules: KindRules<Policy> = {
  resource: clusterRef('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy'),
  generation: 'spec',
  defaults: (draft) => {
    const spec = part(draft, 'spec')
    spec.failurePolicy ??= 'Fail'
    matchDefaults(spec.matchConstraints)
  },
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: (draft, old) => {
    draft['status'] = structuredClone(old.status ?? {})
  },
  validateCreate: validate,
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    (spec.validations ?? []).length,
    spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>',
    ageOf(metadata.creationTimestamp, now),
  ],
}
