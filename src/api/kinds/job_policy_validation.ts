import { duplicate, type FieldError, invalid, notSupported, required, tooLong, tooMany } from '../field_error.ts'
import { formed } from '../validation/checks.ts'
import { goNamed } from '../validation/go_names.ts'
import { qualifiedName } from '../validation/names.ts'
import { nonNegative } from '../validation/numbers.ts'
import { indexesOf } from './job_indexes.ts'
import type { JobSpec } from './job_validation.ts'

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const OPERATORS = ['In', 'NotIn']
const STATUSES = ['False', 'True', 'Unknown']
const RULES_MAX = 20
const PATTERNS_MAX = 20
const EXIT_CODES_MAX = 255
const SUCCESS_RULES_MAX = 20
const INDEXES_BYTES_MAX = 64 * 1024

type FailureRule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number]
type ExitCodes = NonNullable<FailureRule['onExitCodes']>
type Pattern = NonNullable<FailureRule['onPodConditions']>[number]
type SuccessRule = NonNullable<JobSpec['successPolicy']>['rules'][number]

/** A fault of a whole rule: upstream leaves its value out of the message. */
const ofWhole = (field: string, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${detail}`,
})

const validValues = (words: readonly string[]): string =>
  `valid values: [${words.map((word) => JSON.stringify(word)).join(' ')}]`

const wordErrors = (word: string | undefined, known: readonly string[], field: string): FieldError[] => {
  if (!word) return [required(field, validValues(known))]
  return known.includes(word) ? [] : [notSupported(field, word, known)]
}

/** What a job does when a pod of its fails. */
export function failurePolicyErrors(spec: JobSpec, at: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? []
  return [
    ...(rules.length > RULES_MAX ? [tooMany(`${at}.rules`, rules.length, RULES_MAX)] : []),
    ...rules.flatMap((rule, index) => failureRuleErrors(rule, spec, `${at}.rules[${index}]`)),
  ]
}

function failureRuleErrors(rule: FailureRule, spec: JobSpec, at: string): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule
  const { containers, initContainers } = spec.template.spec ?? {}
  const names = new Set([...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name))
  const perIndex = 'requires the backoffLimitPerIndex to be set'
  return [
    ...(action === 'FailIndex' && spec.backoffLimitPerIndex === undefined
      ? [invalid(`${at}.action`, action, perIndex)]
      : wordErrors(action, ACTIONS, `${at}.action`)),
    ...(onExitCodes === undefined ? [] : exitCodeErrors(onExitCodes, names, `${at}.onExitCodes`)),
    ...patternListErrors(onPodConditions, `${at}.onPodConditions`),
    ...(onExitCodes !== undefined && onPodConditions.length > 0
      ? [ofWhole(at, 'specifying both OnExitCodes and OnPodConditions is not supported')]
      : []),
    ...(onExitCodes === undefined && onPodConditions.length === 0
      ? [ofWhole(at, 'specifying one of OnExitCodes and OnPodConditions is required')]
      : []),
  ]
}

const patternListErrors = (patterns: readonly Pattern[], field: string): FieldError[] => [
  ...(patterns.length > PATTERNS_MAX ? [tooMany(field, patterns.length, PATTERNS_MAX)] : []),
  ...patterns.flatMap(({ type, status }, index) => [
    ...formed(type ?? '', qualifiedName, `${field}[${index}].type`),
    ...wordErrors(status, STATUSES, `${field}[${index}].status`),
  ]),
]

function exitCodeErrors(
  { operator, containerName, values }: ExitCodes,
  names: ReadonlySet<string>,
  at: string,
): FieldError[] {
  const unknown = 'must be one of the container or initContainer names in the pod template'
  return [
    ...wordErrors(operator, OPERATORS, `${at}.operator`),
    ...(containerName !== undefined && !names.has(containerName)
      ? [invalid(`${at}.containerName`, containerName, unknown)]
      : []),
    ...codeErrors(values, operator, `${at}.values`),
  ]
}

function codeErrors(values: readonly number[] | undefined, operator: string, field: string): FieldError[] {
  const codes = values ?? []
  const ordered = codes.every((code, index) => index === 0 || (codes[index - 1] ?? code) <= code)
  return [
    ...(codes.length === 0 ? [invalid(field, values, 'at least one value is required')] : []),
    ...(codes.length > EXIT_CODES_MAX ? [tooMany(field, codes.length, EXIT_CODES_MAX)] : []),
    ...codes.flatMap((code, index) => [
      ...(operator === 'In' && code === 0
        ? [invalid(`${field}[${index}]`, code, 'must not be 0 for the In operator')]
        : []),
      ...(codes.indexOf(code) < index ? [duplicate(`${field}[${index}]`, code)] : []),
    ]),
    ...(ordered ? [] : [invalid(field, codes, 'must be ordered')]),
  ]
}

/** When a job has done enough. */
export function successPolicyErrors(spec: JobSpec, at: string): FieldError[] {
  const { successPolicy: policy, completionMode, completions = 0 } = spec
  if (policy === undefined) return []
  if (completionMode !== 'Indexed') {
    return [invalid(at, goNamed('batch.SuccessPolicy', policy), 'requires indexed completion mode')]
  }
  const rules = policy.rules ?? []
  const field = `${at}.rules`
  return [
    ...(rules.length === 0
      ? [required(field, 'at least one rules must be specified when the successPolicy is specified')]
      : []),
    ...(rules.length > SUCCESS_RULES_MAX ? [tooMany(field, rules.length, SUCCESS_RULES_MAX)] : []),
    ...rules.flatMap((rule, index) => successRuleErrors(rule, completions, `${field}[${index}]`)),
  ]
}

function successRuleErrors(rule: SuccessRule, completions: number, at: string): FieldError[] {
  const { succeededIndexes: indexes, succeededCount: count } = rule
  const parsed = indexesOf(indexes ?? '', completions)
  const field = `${at}.succeededIndexes`
  return [
    ...(count === undefined && indexes === undefined
      ? [required(at, 'at least one of succeededCount or succeededIndexes must be specified')]
      : []),
    ...(indexes !== undefined && indexes.length > INDEXES_BYTES_MAX ? [tooLong(field, INDEXES_BYTES_MAX)] : []),
    ...(parsed.fault === undefined ? [] : [invalid(field, indexes, `error parsing succeededIndexes: ${parsed.fault}`)]),
    ...(count === undefined
      ? []
      : countErrors(count, completions, indexes === undefined ? undefined : parsed.total, `${at}.succeededCount`)),
  ]
}

function countErrors(count: number, completions: number, indexes: number | undefined, field: string): FieldError[] {
  const most = (limit: number, what: string) =>
    invalid(field, count, `must be less than or equal to ${limit} (${what})`)
  return [
    ...nonNegative(count, field),
    ...(count > completions ? [most(completions, 'the number of specified completions')] : []),
    ...(indexes !== undefined && count > indexes
      ? [most(indexes, 'the number of indexes in the specified succeededIndexes field')]
      : []),
  ]
}
