import { ApiError } from './error.ts'
import { type LabelRequirement, parseRequirements } from './selector/label_parser.ts'
import { type Labels, matchesLabels } from './selector_match.ts'
import type { LabelSelector } from './types.ts'

/** Decides by labels; absent labels are no labels. */
export type LabelPredicate = (labels: Labels | undefined) => boolean

const NO_LABELS: Labels = {}

/**
 * Compiles the text of a label selector: `app=web,tier in (a, b),!old`. An empty text selects everything.
 * @throws ApiError 400 with upstream's message
 */
export function parseLabelSelector(text: string): LabelPredicate {
  const requirements = parseRequirements(text).map(compile)
  return (labels = NO_LABELS) => requirements.every((meets) => meets(labels))
}

/** Compiles a LabelSelector object. An empty one selects everything; an absent one nothing. */
export function compileLabelSelector(selector: LabelSelector | undefined): LabelPredicate {
  return selector === undefined ? () => false : (labels = NO_LABELS) => matchesLabels(selector, labels)
}

function compile({ key, operator, values }: LabelRequirement): (labels: Labels) => boolean {
  const wanted = new Set(values)
  const [first = ''] = values
  const valueIn = (labels: Labels): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  const isOneOf = (labels: Labels): boolean => {
    const value = valueIn(labels)
    return value !== undefined && wanted.has(value)
  }
  switch (operator) {
    case 'exists':
      return (labels) => valueIn(labels) !== undefined
    case '!':
      return (labels) => valueIn(labels) === undefined
    case 'in':
    case '=':
    case '==':
      return isOneOf
    case 'notin':
    case '!=':
      return (labels) => !isOneOf(labels)
    case 'gt':
    case 'lt':
      return (labels) => compareIntegers(valueIn(labels), first, operator)
  }
}

function compareIntegers(value: string | undefined, bound: string, operator: 'gt' | 'lt'): boolean {
  if (value === undefined || !/^[+-]?\d+$/.test(value)) return false
  return operator === 'gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound)
}

/** One condition of a field selector. */
export interface FieldTerm {
  readonly field: string
  readonly value: string
  readonly equal: boolean
}

/**
 * Reads the text of a field selector: `spec.nodeName=a,status.phase!=Running`. Backslashes escape
 * commas, equal signs and themselves in values.
 * @throws ApiError 400 with upstream's message
 */
export function parseFieldSelector(text: string): FieldTerm[] {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => {
      const [, field, operator, value] = /^(.*?)(!=|==|=)(.*)$/s.exec(term) ?? []
      if (field === undefined || value === undefined) {
        throw badSelector(`invalid selector: '${text}'; can't understand '${term}'`)
      }
      return { field, value: unescaped(value), equal: operator !== '!=' }
    })
}

/** Whether an object, by the values of its fields, meets every term; a field without value is ''. */
export const matchesFields = (
  terms: readonly FieldTerm[],
  fieldValue: (field: string) => string | undefined,
): boolean => terms.every(({ field, value, equal }) => ((fieldValue(field) ?? '') === value) === equal)

const badSelector = (message: string): ApiError => new ApiError({ code: 400, reason: 'BadRequest', message })

/** Parts the terms at commas that no backslash escapes. */
const splitTerms = (text: string): string[] => text.match(/(?:\\.|[^\\,]|\\$)+/gs) ?? []

function unescaped(value: string): string {
  const stray = /^(?:\\.|[^\\=,])*([=,])/s.exec(value)?.[1]
  if (stray !== undefined)
    throw badSelector(`invalid field selector: unescaped character in value: ${stray.charCodeAt(0)}`)
  const wrong = /^(?:\\[\\,=]|[^\\])*(\\(?![\\,=]).?)/s.exec(value)?.[1]
  if (wrong !== undefined) throw badSelector(`invalid field selector: invalid escape sequence: ${wrong}`)
  return value.replace(/\\(.)/gs, '$1')
}
