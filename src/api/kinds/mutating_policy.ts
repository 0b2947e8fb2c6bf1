import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { oneOf, requiredOneOf } from '../validation/checks.ts'
import {
  expressionErrors,
  matchConditionErrors,
  matchDefaults,
  mutableOperationErrors,
  paramKindErrors,
  variableErrors,
} from './admission_match.ts'
import { constraintErrors } from './admission_policy.ts'
import { part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'
import { FAILURE_POLICIES, REINVOCATION_POLICIES } from './webhook_validation.ts'

type Policy = StoredWithSpec<k8s.V1MutatingAdmissionPolicy>
type Mutation = Wire<k8s.V1Mutation>

/** The field that says how, for each way to change an object. */
const FIELDS = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const
const isPatchType = (type: string): type is keyof typeof FIELDS => Object.hasOwn(FIELDS, type)

function validate({ spec }: Policy): FieldError[] {
  const mutations = spec.mutations ?? []
  return [
    ...oneOf(spec.failurePolicy, FAILURE_POLICIES, 'spec.failurePolicy'),
    ...paramKindErrors(spec.paramKind, 'spec.paramKind'),
    ...constraintErrors(spec.matchConstraints, 'spec.matchConstraints'),
    ...mutableOperationErrors(spec.matchConstraints, 'spec.matchConstraints'),
    ...matchConditionErrors(spec.matchConditions, 'spec.matchConditions'),
    ...variableErrors(spec.variables, 'spec.variables'),
    ...(mutations.length === 0 ? [required('spec.mutations', 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((one, index) => mutationErrors(one, `spec.mutations[${index}]`)),
    ...requiredOneOf(spec.reinvocationPolicy, REINVOCATION_POLICIES, 'spec.reinvocationPolicy'),
  ]
}

function mutationErrors(one: Mutation, at: string): FieldError[] {
  const { patchType: type } = one
  if (!type || !isPatchType(type)) return requiredOneOf(type, Object.keys(FIELDS), `${at}.patchType`)
  const field = FIELDS[type]
  const other = field === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch'
  const how = one[field]
  return [
    ...(how === undefined
      ? [required(`${at}.${field}`, `must be specified when patchType is ${type}`)]
      : expressionErrors(how.expression, `${at}.${field}.expression`)),
    ...(one[other] === undefined
      ? []
      : [invalid(`${at}.${other}`, `{${other}}`, `must not be specified when patchType is ${type}`)]),
  ]
}

/** Rules in a small language that change what is written. */
export const mutatingPolicyRules: KindRules<Policy> = {
  resource: clusterRef('admissionregistration.k8s.io/v1', 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy'),
  generation: 'spec',
  defaults: (draft) => {
    const spec = part(draft, 'spec')
    spec.failurePolicy ??= 'Fail'
    matchDefaults(spec.matchConstraints)
  },
  validateCreate: validate,
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    (spec.mutations ?? []).length,
    spec.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>',
    ageOf(metadata.creationTimestamp, now),
  ],
}
