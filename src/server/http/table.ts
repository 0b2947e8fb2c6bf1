import { type IncludedObject, type MetaVersion, toTable } from '../../api/table_output.ts'
import type { Millis } from '../../base/clock.ts'
import { badRequest } from '../api_errors.ts'
import type { AnswerBody } from '../call.ts'
import { rulesFor } from '../core.ts'
import { isVirtual, type Target } from './router.ts'

/** @throws ApiError 400 */
export function includeObjectOf(text: string | null): IncludedObject {
  if (text === null || text === '') return 'Metadata'
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
  )
}

/** Statuses that are shown as objects only, as upstream has them. */
const BARE_STATUSES = new Set(['apiservices', 'customresourcedefinitions', 'resourceclaims'])

/** Whether what is stored there can be shown as rows: whole objects, most statuses, and scales. */
export function hasTables({ facts, subresource }: Target): boolean {
  if (subresource === undefined) return !isVirtual(facts)
  if (subresource.name === 'status') return !BARE_STATUSES.has(facts.ref.resource)
  return subresource.name === 'scale'
}

export interface TableOptions {
  readonly includeObject: IncludedObject
  readonly now: Millis
}

/** An answer as a Table; `columns: false` leaves the headings out, as in a watch's later events. */
export function tableOf(
  body: Exclude<AnswerBody, { type: 'plain' }>,
  version: MetaVersion,
  options: TableOptions & { readonly columns?: boolean },
): object {
  const { facts } = body
  const items = body.type === 'list' ? body.items : [body.view]
  const meta = body.type === 'list' ? body.metadata : { resourceVersion: body.view.object.metadata.resourceVersion }
  const { cells, rowConditions } = rulesFor(facts)
  const shape = { columns: facts.columns, cells, rowConditions }
  const { now, includeObject: include } = options
  const table = toTable(
    items.map((item) => item.object),
    shape,
    { version, include, now, meta },
  )
  return options.columns === false ? { ...table, columnDefinitions: null } : table
}
