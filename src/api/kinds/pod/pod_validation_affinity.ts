import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, required } from '../../field_error.ts'
import type { PodSpec, Wire } from '../../types.ts'
import { formed } from '../../validation/checks.ts'
import { labelKeyErrors } from '../../validation/labels.ts'
import { dnsLabel, dnsSubdomain, labelValue } from '../../validation/names.ts'
import { labelSelectorErrors } from '../../validation/selectors.ts'
import { matchKeyErrors } from './pod_validation_match_keys.ts'

type Affinity = NonNullable<PodSpec['affinity']>
type NodeSelectorTerm = Wire<k8s.V1NodeSelectorTerm>
type Requirement = Wire<k8s.V1NodeSelectorRequirement>
type PodTerm = Wire<k8s.V1PodAffinityTerm>

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Where a pod wants to be, by nodes and by other pods. */
export function affinityErrors(affinity: Affinity | undefined, at: string): FieldError[] {
  if (affinity === undefined) return []
  return [
    ...nodeAffinityErrors(affinity.nodeAffinity, `${at}.nodeAffinity`),
    ...podAffinityErrors(affinity.podAffinity, `${at}.podAffinity`),
    ...podAffinityErrors(affinity.podAntiAffinity, `${at}.podAntiAffinity`),
  ]
}

function nodeAffinityErrors(affinity: Affinity['nodeAffinity'], at: string): FieldError[] {
  const needed = affinity?.[REQUIRED]
  return [
    ...(needed ? nodeSelectorErrors(needed, `${at}.${REQUIRED}`, { checkValues: true }) : []),
    ...(affinity?.[PREFERRED] ?? []).flatMap(({ weight, preference }, index) => [
      ...weightErrors(weight, `${at}.${PREFERRED}[${index}]`),
      ...termErrors(preference, `${at}.${PREFERRED}[${index}].preference`),
    ]),
  ]
}

const weightErrors = (weight: number, at: string): FieldError[] =>
  weight < 1 || weight > 100 ? [invalid(`${at}.weight`, weight, 'must be in the range 1-100')] : []

/** A node selector: at least one term, of which one must hold. */
export function nodeSelectorErrors(
  selector: Wire<k8s.V1NodeSelector>,
  at: string,
  options: SelectorOptions = {},
): FieldError[] {
  const terms = selector.nodeSelectorTerms ?? []
  if (terms.length === 0) return [required(`${at}.nodeSelectorTerms`, 'must have at least one node selector term')]
  return terms.flatMap((term, index) => termErrors(term, `${at}.nodeSelectorTerms[${index}]`, options))
}

/** What a node must hold for a pod is checked more strictly than what it should. */
interface SelectorOptions {
  readonly checkValues?: boolean
}

const termErrors = (term: NodeSelectorTerm, at: string, options: SelectorOptions = {}): FieldError[] => [
  ...(term.matchExpressions ?? []).flatMap((one, index) => [
    ...requirementErrors(one, `${at}.matchExpressions[${index}]`),
    ...(options.checkValues ? valueErrors(one, `${at}.matchExpressions[${index}]`) : []),
  ]),
  ...(term.matchFields ?? []).flatMap((one, index) => fieldRequirementErrors(one, `${at}.matchFields[${index}]`)),
]

const valueErrors = ({ values = [] }: Requirement, at: string): FieldError[] =>
  values.flatMap((value, index) => formed(value, labelValue, `${at}.values[${index}]`))

const requirementErrors = (one: Requirement, at: string): FieldError[] => [
  ...operatorErrors(one.operator, one.values ?? [], at),
  ...labelKeyErrors(one.key, `${at}.key`),
]

function operatorErrors(operator: string, values: readonly string[], at: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0 ? [] : [required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    case 'Gt':
    case 'Lt':
      return values.length === 1
        ? []
        : [required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    default:
      return [invalid(`${at}.operator`, operator, 'not a valid selector operator')]
  }
}

/** Only a node's name may be selected by field. */
function fieldRequirementErrors({ key, operator, values = [] }: Requirement, at: string): FieldError[] {
  const known = operator === 'In' || operator === 'NotIn'
  return [
    ...(known && values.length !== 1
      ? [required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector")]
      : []),
    ...(known ? [] : [invalid(`${at}.operator`, operator, 'not a valid selector operator')]),
    ...(key === 'metadata.name'
      ? values.flatMap((value, index) => formed(value, dnsSubdomain, `${at}.values[${index}]`))
      : [invalid(`${at}.key`, key, 'not a valid field selector key')]),
  ]
}

function podAffinityErrors(affinity: Affinity['podAffinity'], at: string): FieldError[] {
  return [
    ...(affinity?.[REQUIRED] ?? []).flatMap((term, index) => podTermErrors(term, `${at}.${REQUIRED}[${index}]`)),
    ...(affinity?.[PREFERRED] ?? []).flatMap(({ weight, podAffinityTerm }, index) => [
      ...weightErrors(weight, `${at}.${PREFERRED}[${index}]`),
      ...podTermErrors(podAffinityTerm, `${at}.${PREFERRED}[${index}].podAffinityTerm`),
    ]),
  ]
}

const podTermErrors = (term: PodTerm, at: string): FieldError[] => [
  ...labelSelectorErrors(term.labelSelector, `${at}.labelSelector`),
  ...labelSelectorErrors(term.namespaceSelector, `${at}.namespaceSelector`),
  ...(term.namespaces ?? []).flatMap((name) => formed(name, dnsLabel, `${at}.namespace`)),
  ...matchKeyErrors(term, at),
  ...(term.topologyKey ? [] : [required(`${at}.topologyKey`, 'can not be empty')]),
  ...labelKeyErrors(term.topologyKey ?? '', `${at}.topologyKey`),
]
