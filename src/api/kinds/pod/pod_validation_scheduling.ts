import { duplicate, type FieldError, invalid, notSupported, required } from '../../field_error.ts'
import type { PodSpec } from '../../types.ts'
import { labelKeyErrors } from '../../validation/labels.ts'
import { labelValue, qualifiedName } from '../../validation/names.ts'
import { labelSelectorErrors } from '../../validation/selectors.ts'
import { matchKeyErrors } from './pod_validation_match_keys.ts'

type Tolerations = NonNullable<PodSpec['tolerations']>
type Constraint = NonNullable<PodSpec['topologySpreadConstraints']>[number]

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const OPERATORS = ['Equal', 'Exists']
const UNSATISFIABLE = ['DoNotSchedule', 'ScheduleAnyway']
const INCLUSION = ['Honor', 'Ignore']

/** Taints that a pod bears. */
export const tolerationErrors = (tolerations: Tolerations, field: string): FieldError[] =>
  tolerations.flatMap((one, index) => tolerationFaults(one, `${field}[${index}]`))

function tolerationFaults(one: Tolerations[number], at: string): FieldError[] {
  const { key = '', operator = '', effect = '' } = one
  const anyKey = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
  return [
    ...(key === '' ? [] : labelKeyErrors(key, `${at}.key`)),
    ...(key === '' && operator !== 'Exists' ? [invalid(`${at}.operator`, operator, anyKey)] : []),
    ...(one.tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? [invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")]
      : []),
    ...operatorErrors(operator, one.value ?? '', `${at}.operator`),
    ...(effect === '' || EFFECTS.includes(effect) ? [] : [notSupported(`${at}.effect`, effect, EFFECTS)]),
  ]
}

function operatorErrors(operator: string, value: string, field: string): FieldError[] {
  if (operator === 'Equal' || operator === '') {
    const faults = labelValue(value)
    return faults.length === 0 ? [] : [invalid(field, value, faults.join(';'))]
  }
  if (operator === 'Lt' || operator === 'Gt') return [notSupported(field, operator, [...OPERATORS, 'Lt', 'Gt'])]
  if (operator !== 'Exists') return [notSupported(field, operator, OPERATORS)]
  return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")]
}

/** What must go before a pod is scheduled. */
export function schedulingGateErrors(gates: readonly { readonly name: string }[], field: string): FieldError[] {
  const names = new Set<string>()
  return gates.flatMap(({ name }, index) => {
    const at = `${field}[${index}]`
    const errors = [
      ...qualifiedName(name).map((fault) => invalid(at, name, fault)),
      ...(names.has(name) ? [duplicate(at, name)] : []),
    ]
    names.add(name)
    return errors
  })
}

/** How pods spread over zones and nodes. */
export const spreadConstraintErrors = (constraints: readonly Constraint[], field: string): FieldError[] =>
  constraints.flatMap((one, index) => constraintErrors(one, constraints.slice(index + 1), `${field}[${index}]`))

function constraintErrors(one: Constraint, later: readonly Constraint[], at: string): FieldError[] {
  const { topologyKey, whenUnsatisfiable } = one
  const repeated = later.some((two) => two.topologyKey === topologyKey && two.whenUnsatisfiable === whenUnsatisfiable)
  return [
    ...(one.maxSkew > 0 ? [] : [invalid(`${at}.maxSkew`, one.maxSkew, 'must be greater than zero')]),
    ...(topologyKey ? [] : [required(`${at}.topologyKey`, 'can not be empty')]),
    ...choice(whenUnsatisfiable, UNSATISFIABLE, `${at}.whenUnsatisfiable`),
    ...(repeated
      ? [duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)]
      : []),
    ...minDomainsErrors(one, `${at}.minDomains`),
    ...choice(one.nodeAffinityPolicy, INCLUSION, `${at}.nodeAffinityPolicy`),
    ...choice(one.nodeTaintsPolicy, INCLUSION, `${at}.nodeTaintsPolicy`),
    ...matchKeyErrors(one, at),
    ...labelSelectorErrors(one.labelSelector, `${at}.labelSelector`),
  ]
}

function minDomainsErrors({ minDomains, whenUnsatisfiable }: Constraint, field: string): FieldError[] {
  if (minDomains === undefined) return []
  const only = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
  return [
    ...(minDomains > 0 ? [] : [invalid(field, minDomains, 'must be greater than zero')]),
    ...(whenUnsatisfiable === 'DoNotSchedule' ? [] : [invalid(field, minDomains, only)]),
  ]
}

const choice = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [notSupported(field, value, known)]
