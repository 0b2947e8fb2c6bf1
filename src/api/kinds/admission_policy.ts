import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { fill, items, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'
import { FAILURE_POLICIES, MATCH_POLICIES, ruleErrors } from './webhook_validation.ts'

type Policy = StoredWithSpec<k8s.V1ValidatingAdmissionPolicy>
type Binding = StoredWithSpec<k8s.V1ValidatingAdmissionPolicyBinding>
type Validation = Wire<k8s.V1Validation>

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']

function matchDefaults(match: MutableObject['spec']): void {
  fill(match, 'matchPolicy', 'Equivalent')
  part(match, 'namespaceSelector')
  part(match, 'objectSelector')
  for (const rule of [...items(match.resourceRules), ...items(match.excludeResourceRules)]) fill(rule, 'scope', '*')
}

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  fill(spec, 'failurePolicy', 'Fail')
  if (spec.matchConstraints) matchDefaults(spec.matchConstraints)
}

function validate({ spec }: Policy): FieldError[] {
  const { failurePolicy, matchConstraints: match, validations = [], auditAnnotations = [] } = spec
  const nothing = 'validations or auditAnnotations must contain at least one item'
  const empty = validations.length + auditAnnotations.length === 0
  return [
    ...choice(failurePolicy, FAILURE_POLICIES, 'spec.failurePolicy'),
    ...(match === undefined ? [required('spec.matchConstraints')] : matchErrors(match)),
    ...(empty ? [required('spec.validations', nothing), required('spec.auditAnnotations', nothing)] : []),
    ...validations.flatMap((one, index) => validationErrors(one, `spec.validations[${index}]`)),
  ]
}

const choice = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [notSupported(field, value, known)]

function matchErrors(match: NonNullable<Policy['spec']['matchConstraints']>): FieldError[] {
  const at = 'spec.matchConstraints'
  const rules = match.resourceRules ?? []
  return [
    ...(rules.length === 0 ? [required(`${at}.resourceRules`)] : []),
    ...choice(match.matchPolicy, MATCH_POLICIES, `${at}.matchPolicy`),
    ...rules.flatMap((rule, index) => ruleErrors(rule, `${at}.resourceRules[${index}]`)),
  ]
}

function validationErrors({ expression, message, reason }: Validation, at: string): FieldError[] {
  return [
    ...((expression ?? '').trim() === '' ? [required(`${at}.expression`, 'expression is not specified')] : []),
    ...(message?.includes('\n') ? [invalid(`${at}.message`, message, 'must not contain line breaks')] : []),
    ...(reason === undefined || REASONS.includes(reason) ? [] : [notSupported(`${at}.reason`, reason, REASONS)]),
  ]
}

/** Rules in a small language that may refuse a write. */
export const admissionPolicyRules: KindRules<Policy> = {
  resource: clusterRef('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy'),
  generation: 'spec',
  defaults,
  prepareCreate: (draft) => {
    delete draft['status']
  },
  prepareUpdate: (draft, old) => {
    if (old.status === undefined) delete draft['status']
    else draft['status'] = structuredClone(old.status)
  },
  validateCreate: validate,
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    (spec.validations ?? []).length,
    spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>',
    ageOf(metadata.creationTimestamp, now),
  ],
}

/** Where such rules hold. */
export const admissionPolicyBindingRules: KindRules<Binding> = {
  resource: clusterRef(
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
  ),
  generation: 'spec',
  defaults: (draft) => {
    const spec = part(draft, 'spec')
    if (spec.matchResources) matchDefaults(spec.matchResources)
  },
  validateCreate: ({ spec }) => [
    ...(spec.policyName ? [] : [required('spec.policyName')]),
    ...((spec.validationActions ?? []).length === 0 ? [required('spec.validationActions')] : []),
  ],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    spec.policyName ?? '',
    spec.paramRef?.name ?? '<unset>',
    ageOf(metadata.creationTimestamp, now),
  ],
}
