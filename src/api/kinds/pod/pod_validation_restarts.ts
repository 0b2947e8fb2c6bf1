import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooMany } from '../../field_error.ts'
import type { Container } from '../../types.ts'
import { oneOf } from '../../validation/checks.ts'

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure']
const RULE_ACTIONS = ['Restart', 'RestartAllContainers']
const RULE_OPERATORS = ['In', 'NotIn']
const RULES_MAX = 20
const EXIT_CODES_MAX = 255
const RESIZABLE = ['cpu', 'memory']
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer']

type ResizePolicies = NonNullable<Container['resizePolicy']>
type Rule = NonNullable<Container['restartPolicyRules']>[number]

/** The same for an init container: without a policy upstream does not look at its rules. */
export function initRestartErrors(container: Container, at: string): FieldError[] {
  const errors = containerRestartErrors(container, at)
  return container.restartPolicy === undefined ? errors.slice(0, 1) : errors
}

/** When a container starts again, by policy and by the code with which it ended. */
export function containerRestartErrors(
  { restartPolicy, restartPolicyRules = [] }: Container,
  at: string,
): FieldError[] {
  const field = `${at}.restartPolicyRules`
  return [
    ...(restartPolicy === undefined && restartPolicyRules.length > 0
      ? [required(`${at}.restartPolicy`, 'must specify restartPolicy when restart rules are used')]
      : oneOf(restartPolicy, RESTART_POLICIES, `${at}.restartPolicy`)),
    ...(restartPolicyRules.length > RULES_MAX ? [tooMany(field, restartPolicyRules.length, RULES_MAX)] : []),
    ...restartPolicyRules.flatMap((rule, index) => ruleErrors(rule, `${field}[${index}]`)),
  ]
}

function ruleErrors({ action, exitCodes }: Rule, at: string): FieldError[] {
  const field = `${at}.exitCodes`
  const values = exitCodes?.values ?? []
  return [
    ...oneOf(action ?? '', RULE_ACTIONS, `${at}.action`),
    ...(exitCodes === undefined
      ? [required(field, 'must be specified')]
      : oneOf(exitCodes.operator ?? '', RULE_OPERATORS, `${field}.operator`)),
    ...(values.length > EXIT_CODES_MAX ? [tooMany(`${field}.values`, values.length, EXIT_CODES_MAX)] : []),
  ]
}

/** What a change of resources means for a running container. Upstream reports faults at the list. */
export function resizePolicyErrors(
  policies: ResizePolicies,
  podRestartPolicy: string | undefined,
  field: string,
): FieldError[] {
  const names = new Set<string>()
  return policies.flatMap(({ resourceName = '', restartPolicy = '' }, index) => {
    const taken = names.has(resourceName)
    names.add(resourceName)
    return [
      ...(taken ? [duplicate(`${field}[${index}]`, resourceName)] : []),
      ...wordErrors(resourceName, RESIZABLE, field),
      ...wordErrors(restartPolicy, RESIZE_POLICIES, field),
      ...(podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired'
        ? [invalid(field, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")]
        : []),
    ]
  })
}

const wordErrors = (word: string, known: readonly string[], field: string): FieldError[] =>
  word === '' ? [required(field)] : known.includes(word) ? [] : [notSupported(field, word, known)]

/** An init container that ends cannot be restarted for other resources. */
export const initResizeErrors = ({ resizePolicy = [] }: Container, at: string): FieldError[] =>
  resizePolicy.flatMap(({ restartPolicy }, index) =>
    restartPolicy === 'RestartContainer'
      ? [
          invalid(
            `${at}.resizePolicy[${index}].restartPolicy`,
            restartPolicy,
            "must not be set to 'RestartContainer' for non-sidecar initContainers",
          ),
        ]
      : [],
  )

const isEmptyMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** Containers that are made for looking into a pod have no say in how it lives. */
export const forbiddenForEphemeral = (container: Container, at: string): FieldError[] => {
  const set = (value: unknown, field: string) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined && (field !== 'resources' || !isEmptyMap(value))
  const fields = [
    'ports',
    'resources',
    'resizePolicy',
    'restartPolicy',
    'restartPolicyRules',
    'livenessProbe',
    'readinessProbe',
    'startupProbe',
    'lifecycle',
  ] as const
  return fields
    .filter((field) => set(container[field], field))
    .map((field) => forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container'))
}
