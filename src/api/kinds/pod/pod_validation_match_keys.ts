import { type FieldError, forbidden, invalid } from '../../field_error.ts'
import type { LabelSelector } from '../../types.ts'
import { labelKeyErrors } from '../../validation/labels.ts'

/** Labels whose values come from the pod itself: in terms of affinity and in spread constraints. */
interface MatchKeys {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

/** Keys need a selector to which they add, and may be asked for in one way only. */
export function matchKeyErrors(term: MatchKeys, at: string): FieldError[] {
  const { labelSelector: selector, matchLabelKeys: matching = [], mismatchLabelKeys: mismatching = [] } = term
  return [
    ...keyErrors(matching, selector, `${at}.matchLabelKeys`),
    ...keyErrors(mismatching, selector, `${at}.mismatchLabelKeys`),
    ...(selector === undefined ? [] : repeatedKeyErrors(matching, selector, at)),
    ...matching.flatMap((key, index) =>
      mismatching.includes(key)
        ? [invalid(`${at}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
  ]
}

function keyErrors(keys: readonly string[], selector: LabelSelector | undefined, field: string): FieldError[] {
  if (keys.length === 0) return []
  if (selector === undefined) return [forbidden(field, 'must not be specified when labelSelector is not set')]
  return keys.flatMap((key, index) => labelKeyErrors(key, `${field}[${index}]`))
}

/** The server itself adds an expression for each key, so only a key that stands there twice is one too many. */
function repeatedKeyErrors(keys: readonly string[], selector: LabelSelector, at: string): FieldError[] {
  const seen = new Set(Object.keys(selector.matchLabels ?? {}))
  return (selector.matchExpressions ?? []).flatMap(({ key }) => {
    const index = keys.lastIndexOf(key)
    const repeated = index >= 0 && seen.has(key)
    seen.add(key)
    return repeated ? [invalid(`${at}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector')] : []
  })
}
