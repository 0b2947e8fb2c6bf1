import { isPlainObject } from '../decode/codec.ts'
import { ApiError } from '../error.ts'
import { JsonError, parseJson } from '../json.ts'
import { checkFits } from './check_applied.ts'
import { compare } from './compare.ts'
import * as sets from './field_set.ts'
import type { SchemaNode } from './schema_node.ts'
import { setOf } from './set_of.ts'

/** The manager that used to keep what it applied in an annotation. */
export const KUBECTL = 'kubectl'
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
const ANNOTATIONS_BYTES_MAX = 256 * 1024

type Annotations = Readonly<Record<string, unknown>>

const annotationsOf = (object: object): Annotations => {
  const { metadata } = object as { readonly metadata?: { readonly annotations?: unknown } }
  return isPlainObject(metadata?.annotations) ? metadata.annotations : {}
}

/**
 * What kubectl applied before it applied on the server, and what is still as it was then: kubectl may take it from
 * the manager under whose name it wrote at that time.
 */
export function takenFromLastApplied(live: object, apiVersion: string, node: SchemaNode): sets.FieldSet {
  const text = annotationsOf(live)[ANNOTATION]
  const last = typeof text === 'string' ? parsed(text) : undefined
  if (!isPlainObject(last) || last['apiVersion'] !== apiVersion || !fits(last, node)) return sets.EMPTY_SET
  const { changed, removed } = compare(last, live, node)
  return sets.difference(sets.difference(setOf(last, node), changed), removed)
}

function parsed(text: string): unknown {
  try {
    return parseJson(text).value
  } catch (thrown) {
    if (thrown instanceof JsonError) return undefined
    throw thrown
  }
}

function fits(object: object, node: SchemaNode): boolean {
  try {
    checkFits(object, node, { what: '', duplicates: 'refused' })
    return true
  } catch (thrown) {
    if (thrown instanceof ApiError) return false
    throw thrown
  }
}

/** An applied object that still has kubectl's annotation tells in it what kubectl has applied now. */
export function withLastApplied(object: object, applied: object): object {
  const annotations = annotationsOf(object)
  if (!annotations[ANNOTATION]) return object
  const told = { ...annotations, [ANNOTATION]: textOf(applied) }
  const bytes = Object.entries(told).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0)
  const { [ANNOTATION]: _, ...without } = told
  const { metadata } = object as { readonly metadata: object }
  return { ...object, metadata: { ...metadata, annotations: bytes > ANNOTATIONS_BYTES_MAX ? without : told } }
}

function textOf(applied: object): string {
  const { metadata } = applied as { readonly metadata?: object }
  const { [ANNOTATION]: _, ...annotations } = annotationsOf(applied)
  const has = isPlainObject(metadata) && isPlainObject(metadata['annotations'])
  const bare = has ? { ...applied, metadata: { ...metadata, annotations } } : applied
  return `${JSON.stringify(sorted(bare)).replace(/[<>&\u2028\u2029]/g, goEscape)}\n`
}

const goEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}
