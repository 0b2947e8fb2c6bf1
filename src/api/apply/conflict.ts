import { ApiError } from '../error.ts'
import { type FieldSet, placesOf, placeText } from './field_set.ts'
import type { Manager } from './managers.ts'

/** Fields of a manager that an apply would change without force. */
export interface Conflict {
  readonly manager: Manager
  readonly fields: FieldSet
}

/** 409 with a cause for every field. */
export function conflictError(unsorted: readonly Conflict[]): ApiError {
  const conflicts = unsorted.toSorted((a, b) => (identityText(a.manager) < identityText(b.manager) ? -1 : 1))
  const causes = conflicts.flatMap(({ manager, fields }) =>
    placesOf(fields).map((place) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${ownerText(manager)}`,
      field: placeText(place),
    })),
  )
  return new ApiError({ code: 409, reason: 'Conflict', message: messageOf(conflicts, causes), details: { causes } })
}

function messageOf(conflicts: readonly Conflict[], causes: readonly { message: string; field: string }[]): string {
  const [first] = causes
  if (causes.length === 1) return `Apply failed with 1 conflict: ${first?.message}: ${first?.field}`
  const lines = conflicts.flatMap(({ manager, fields }) => [
    `conflicts with ${ownerText(manager)}:`,
    ...placesOf(fields).map((place) => `- ${placeText(place)}`),
  ])
  return `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`
}

function ownerText({ manager, operation, apiVersion, subresource }: Manager): string {
  const name =
    JSON.stringify(manager) + (subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`)
  return operation === 'Update' ? `${name} using ${apiVersion}` : name
}

/** The text by which upstream sorts managers. */
const identityText = ({ manager, operation, apiVersion, subresource }: Manager): string =>
  JSON.stringify({ manager, operation, ...(operation === 'Update' ? { apiVersion } : {}), subresource })
