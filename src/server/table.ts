import type { ResourceFacts } from '../api/schema/table.ts'
import type { KubeObject } from '../api/types.ts'
import type { Millis } from '../base/clock.ts'
import { fromRfc3339 } from '../base/time.ts'
import { badRequest } from './api_errors.ts'
import type { AnswerBody, View } from './call.ts'
import { rulesFor } from './core.ts'
import { partialObject } from './representation.ts'

/** What each row of a Table carries besides its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** @throws ApiError 400 */
export function includeObjectOf(text: string | null): IncludeObject {
  if (text === null || text === '') return 'Metadata'
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
  )
}

export interface TableOptions {
  readonly includeObject: IncludeObject
  readonly now: Millis
}

/** An answer as a Table; `columns: false` leaves the headings out, as in a watch's later events. */
export function tableOf(
  body: Exclude<AnswerBody, { type: 'plain' }>,
  version: string,
  options: TableOptions & { readonly columns?: boolean },
): object {
  const { facts } = body
  const items = body.type === 'list' ? body.items : [body.view]
  const metadata = body.type === 'list' ? body.metadata : { resourceVersion: body.view.object.metadata.resourceVersion }
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: options.columns === false ? null : columnsOf(facts),
    rows: items.map((item) => rowOf(facts, item, version, options)),
  }
}

const columnsOf = (facts: ResourceFacts): object[] =>
  facts.columns.map(([name, type, format, priority]) => ({ name, type, format, description: '', priority }))

function rowOf(facts: ResourceFacts, item: View, version: string, { includeObject, now }: TableOptions): object {
  const cells = rulesFor(facts).cells?.(item.object, now) ?? [item.object.metadata.name, ageOf(item.object, now)]
  const object =
    includeObject === 'None' ? null : includeObject === 'Object' ? item.object : partialObject(item.object, version)
  return { cells, object }
}

function ageOf(object: KubeObject, now: Millis): string {
  const at = fromRfc3339(object.metadata.creationTimestamp)
  return at === undefined ? '<unknown>' : `${Math.floor((now - at) / 1000)}s`
}
