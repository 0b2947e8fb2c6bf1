import type { RequestOptions } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { KubeObject } from '../api/types.ts'
import { badRequest } from './api_errors.ts'
import { rulesFor } from './core.ts'

/** Which objects of a list or a watch are meant. */
export interface Selection {
  /** Everything matches. */
  readonly all: boolean
  /** The only name that can match, if the field selector says one. */
  readonly name: string | undefined
  matches(object: KubeObject): boolean
}

interface FieldTerm {
  readonly field: string
  readonly value: string
  readonly equal: boolean
}

/** Reads both selectors of a request. @throws ApiError 400 */
export function selectionOf(facts: ResourceFacts, options: RequestOptions): Selection {
  const labels = labelTerms(options.labelSelector ?? '')
  const fields = fieldTerms(options.fieldSelector ?? '')
  for (const { field } of fields) checkField(facts, field)
  const named = fields.find((term) => term.field === 'metadata.name' && term.equal)
  return {
    all: labels.length === 0 && fields.length === 0,
    name: named?.value,
    matches: (object) =>
      labels.every((term) => term(object.metadata.labels ?? {})) && fieldsMatch(facts, fields, object),
  }
}

type LabelTerm = (labels: Readonly<Record<string, string>>) => boolean

function labelTerms(text: string): LabelTerm[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [, key = '', operator, value = ''] = /^\s*(!?[^!=\s]+)\s*(!=|==|=)?\s*(.*?)\s*$/.exec(part) ?? []
      if (operator === '!=') return (labels) => labels[key] !== value
      if (operator !== undefined) return (labels) => labels[key] === value
      return key.startsWith('!') ? (labels) => !(key.slice(1) in labels) : (labels) => key in labels
    })
}

const FIELD_TERM = /^(.*?)(==|!=|=)(.*)$/

function fieldTerms(text: string): FieldTerm[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [, field = '', operator, value = ''] = FIELD_TERM.exec(part) ?? []
      if (operator === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      return { field, value, equal: operator !== '!=' }
    })
}

const METADATA_FIELDS = ['metadata.name', 'metadata.namespace']

/** An object without anything, to learn which fields a kind lets one select by. */
const EMPTY = { apiVersion: '', kind: '', metadata: {}, spec: {}, status: {} } as unknown as KubeObject

function checkField(facts: ResourceFacts, field: string): void {
  if (METADATA_FIELDS.includes(field)) return
  const own = rulesFor(facts).selectableFields?.(EMPTY)
  if (own === undefined) {
    const known = METADATA_FIELDS.map((name) => JSON.stringify(name)).join(', ')
    throw badRequest(`${JSON.stringify(field)} is not a known field selector: only ${known}`)
  }
  if (!(field in own)) throw badRequest(`field label not supported: ${field}`)
}

function fieldsMatch(facts: ResourceFacts, terms: readonly FieldTerm[], object: KubeObject): boolean {
  if (terms.length === 0) return true
  let own: Readonly<Record<string, string>> | undefined
  return terms.every(({ field, value, equal }) => {
    if (field === 'metadata.name') return (object.metadata.name === value) === equal
    if (field === 'metadata.namespace') return ((object.metadata.namespace ?? '') === value) === equal
    own ??= rulesFor(facts).selectableFields?.(object) ?? {}
    return ((own[field] ?? '') === value) === equal
  })
}
