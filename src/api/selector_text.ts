import type { LabelSelector } from './types.ts'
import { equal } from './validation/equality.ts'

/** A selector with its two parts, or the plain labels of a ReplicationController. */
export type AnySelector = LabelSelector | Readonly<Record<string, string>>

/** A selector as the text that a list request takes; an empty one, or none, is ''. */
export function selectorText(selector: AnySelector | undefined): string {
  if (selector === undefined || equal(selector, {})) return ''
  const isPlain = !('matchLabels' in selector) && !('matchExpressions' in selector)
  const { matchLabels = {}, matchExpressions = [] } = (isPlain ? { matchLabels: selector } : selector) as LabelSelector
  const equalities = Object.entries(matchLabels).map(([key, value]) => [key, `${key}=${value}`] as const)
  const expressions = matchExpressions.map((one) => [one.key, expressionText(one)] as const)
  return [...equalities, ...expressions]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, text]) => text)
    .join(',')
}

function expressionText({ key, operator, values = [] }: { key: string; operator: string; values?: readonly string[] }) {
  const list = `(${values.toSorted().join(',')})`
  const texts: Readonly<Record<string, string>> = {
    In: `${key} in ${list}`,
    NotIn: `${key} notin ${list}`,
    Exists: key,
    DoesNotExist: `!${key}`,
  }
  return texts[operator] ?? ''
}
