import type { RequestOptions } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import { type FieldTerm, matchesFields, parseFieldSelector, parseLabelSelector } from '../api/selector.ts'
import type { KubeObject } from '../api/types.ts'
import { badRequest } from './api_errors.ts'
import { rulesFor } from './core.ts'
import { checkListOptions } from './http/list_options.ts'

/** Which objects of a list or a watch are meant. */
export interface Selection {
  /** Everything matches. */
  readonly all: boolean
  /** The only name that can match, if the field selector says one. */
  readonly name: string | undefined
  matches(object: KubeObject): boolean
}

/** Reads both selectors of a list or a watch, and checks what they come with. @throws ApiError 400, 422 */
export function selectionOf(facts: ResourceFacts, options: RequestOptions, watching = false): Selection {
  const { labelSelector = '', fieldSelector = '' } = options
  const labels = parseLabelSelector(labelSelector)
  const fields = parseFieldSelector(fieldSelector)
  checkListOptions(options, watching)
  for (const { field } of fields) checkField(facts, field)
  const named = fields.find((term) => term.field === 'metadata.name' && term.equal)
  return {
    all: labelSelector.trim() === '' && fields.length === 0,
    name: named?.value,
    matches: (object) => labels(object.metadata.labels) && fieldsMatch(facts, fields, object),
  }
}

const METADATA_FIELDS = ['metadata.name', 'metadata.namespace']

/** An object without anything, to learn which fields a kind lets one select by. */
const EMPTY = { apiVersion: '', kind: '', metadata: {}, spec: {}, status: {} } as unknown as KubeObject

function checkField(facts: ResourceFacts, field: string): void {
  const { selectableFields, unselectable } = rulesFor(facts)
  if (METADATA_FIELDS.includes(field) && (facts.ref.namespaced || field === 'metadata.name')) return
  const own = selectableFields?.(EMPTY)
  if (own === undefined) {
    if (METADATA_FIELDS.includes(field)) return
    const known = METADATA_FIELDS.map((name) => JSON.stringify(name)).join(', ')
    throw badRequest(`${JSON.stringify(field)} is not a known field selector: only ${known}`)
  }
  if (!(field in own)) throw badRequest(unselectable?.(field) ?? `field label not supported: ${field}`)
}

function fieldsMatch(facts: ResourceFacts, terms: readonly FieldTerm[], object: KubeObject): boolean {
  let own: Readonly<Record<string, string>> | undefined
  return matchesFields(terms, (field) => {
    if (field === 'metadata.name') return object.metadata.name
    if (field === 'metadata.namespace') return object.metadata.namespace
    own ??= rulesFor(facts).selectableFields?.(object) ?? {}
    return own[field]
  })
}
