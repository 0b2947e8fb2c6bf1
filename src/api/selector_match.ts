import type { LabelSelector } from './types.ts'

export type Labels = Readonly<Record<string, string>>

/** One condition on a set of labels: the form that label selectors and node selectors share. */
export interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Whether labels meet a selector. An empty selector is met by everything; say yourself what an absent one means. */
export function matchesLabels(selector: LabelSelector, labels: Labels = {}): boolean {
  return (
    matchesAll(selector.matchLabels ?? {}, labels) &&
    (selector.matchExpressions ?? []).every((one) => meets(one, labels))
  )
}

/** Whether labels have all of these values. */
export const matchesAll = (wanted: Labels, labels: Labels = {}): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)

/** Whether labels meet one condition; an operator that is not known is never met. */
export function meets({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return compareWhole(value, values[0]) > 0
    case 'Lt':
      return compareWhole(value, values[0]) < 0
    default:
      return false
  }
}

/** Not a number when one of them is no whole number, so that neither comparison holds. */
function compareWhole(value: string | undefined, bound: string | undefined): number {
  const isWhole = (text: string | undefined) => text !== undefined && /^[+-]?\d+$/.test(text)
  return isWhole(value) && isWhole(bound) ? Number(value) - Number(bound) : Number.NaN
}
