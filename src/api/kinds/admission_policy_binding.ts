import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { requiredFormed } from '../validation/checks.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { selectorText } from '../validation/selectors.ts'
import { matchDefaults, matchErrors, mutableOperationErrors, paramRefErrors } from './admission_match.ts'
import { part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type Validating = StoredWithSpec<k8s.V1ValidatingAdmissionPolicyBinding>
type Mutating = StoredWithSpec<k8s.V1MutatingAdmissionPolicyBinding>

const GROUP_VERSION = 'admissionregistration.k8s.io/v1'
const ACTIONS = ['Audit', 'Deny', 'Warn']

const defaults = (draft: MutableObject): void => matchDefaults(part(draft, 'spec').matchResources)

const commonErrors = ({ spec }: Validating | Mutating): FieldError[] => [
  ...requiredFormed(spec.policyName, dnsSubdomain, 'spec.policyName'),
  ...paramRefErrors(spec.paramRef, 'spec.paramRef'),
  ...matchErrors(spec.matchResources, 'spec.matchResources'),
]

function actionErrors(actions: readonly string[], field: string): FieldError[] {
  const twice =
    'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'
  return [
    ...actions.flatMap((action, index) => [
      ...(ACTIONS.includes(action) ? [] : [notSupported(`${field}[${index}]`, action, ACTIONS)]),
      ...(actions.indexOf(action) < index ? [duplicate(`${field}[${index}]`, action)] : []),
    ]),
    ...(actions.includes('Deny') && actions.includes('Warn') ? [invalid(field, actions, twice)] : []),
    ...(actions.length === 0 ? [required(field, 'at least one validation action is required')] : []),
  ]
}

function paramCell(ref: Validating['spec']['paramRef']): string {
  if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`
  return ref?.selector === undefined ? '<unset>' : selectorText(ref.selector)
}

/** Where rules that refuse hold. */
export const admissionPolicyBindingRules: KindRules<Validating> = {
  resource: clusterRef(GROUP_VERSION, 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'),
  generation: 'spec',
  defaults,
  validateCreate: (one) => [
    ...commonErrors(one),
    ...actionErrors(one.spec.validationActions ?? [], 'spec.validationActions'),
  ],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    spec.policyName ?? '',
    paramCell(spec.paramRef),
    ageOf(metadata.creationTimestamp, now),
  ],
}

/** Where rules that change objects hold. */
export const mutatingPolicyBindingRules: KindRules<Mutating> = {
  resource: clusterRef(GROUP_VERSION, 'mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding'),
  generation: 'spec',
  defaults,
  validateCreate: (one) => [
    ...commonErrors(one),
    ...mutableOperationErrors(one.spec.matchResources, 'spec.matchResources'),
  ],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    spec.policyName ?? '',
    paramCell(spec.paramRef),
    ageOf(metadata.creationTimestamp, now),
  ],
}
