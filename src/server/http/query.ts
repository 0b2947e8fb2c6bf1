import type { RequestOptions, Verb } from '../../api/request.ts'
import { badRequest } from '../api_errors.ts'

const WHOLE_NUMBER = /^[+-]?\d+$/

const INT64_MAX = 2n ** 63n - 1n

/** A query parameter that must be a whole number of 64 bits. @throws ApiError 400 */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const refuse = (why: string) => badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`)
  if (!WHOLE_NUMBER.test(text)) throw refuse('invalid syntax')
  const value = BigInt(text.replace('+', ''))
  if (value > INT64_MAX || value < -INT64_MAX - 1n) throw refuse('value out of range')
  return Number(value)
}

/** A parameter is true when it is there, unless it says `false` or `0`. */
function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  return text !== '0' && text.toLowerCase() !== 'false'
}

const text = (query: URLSearchParams, name: string): string | undefined => query.get(name) ?? undefined

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Leaves out what is undefined. */
export function defined<T extends object>(object: T): Defined<T> {
  const kept: Defined<T> = {}
  for (const name of Object.keys(object) as (keyof T)[]) {
    const value = object[name] as Exclude<T[keyof T], undefined>
    if (value !== undefined) kept[name] = value
  }
  return kept
}

const OF_LISTS = [
  'labelSelector',
  'fieldSelector',
  'allowWatchBookmarks',
  'resourceVersion',
  'resourceVersionMatch',
  'timeoutSeconds',
  'limit',
  'continue',
  'sendInitialEvents',
] as const
const OF_WRITES = ['dryRun', 'fieldManager', 'fieldValidation'] as const
const OF_DELETIONS = [
  'gracePeriodSeconds',
  'orphanDependents',
  'propagationPolicy',
  'dryRun',
  'uid',
  'resourceVersion',
] as const

type Parameter = keyof RequestOptions

const DELETION_ONLY = new Set<Parameter>(OF_DELETIONS.filter((name) => name !== 'resourceVersion'))

/** The parameters that each verb has, in the order in which they are read; all others mean nothing to it. */
const PARAMETERS: Partial<Record<Verb, readonly Parameter[]>> = {
  get: ['resourceVersion'],
  list: OF_LISTS,
  watch: OF_LISTS,
  create: OF_WRITES,
  update: OF_WRITES,
  patch: ['dryRun', 'force', 'fieldManager', 'fieldValidation'],
  delete: OF_DELETIONS,
  deletecollection: [...OF_LISTS, ...OF_DELETIONS],
}

type Read = (query: URLSearchParams, name: string) => unknown

const list: Read = (query, name) => (query.has(name) ? query.getAll(name) : undefined)

const READERS: Partial<Record<Parameter, Read>> = {
  limit: integer,
  timeoutSeconds: integer,
  gracePeriodSeconds: integer,
  allowWatchBookmarks: flag,
  sendInitialEvents: flag,
  orphanDependents: flag,
  force: flag,
  dryRun: list,
}

/**
 * Reads the parameters that a verb knows. The body of a deletion, if there is one, stands for its own parameters.
 * @throws ApiError 400 when a number is none
 */
export function requestOptionsOf(query: URLSearchParams, verb: Verb, hasBody: boolean): RequestOptions {
  const options: Record<string, unknown> = {}
  if (query.size === 0) return options
  const known = PARAMETERS[verb] ?? []
  const isGivenByBody = (name: Parameter) =>
    hasBody && (verb === 'delete' || (verb === 'deletecollection' && DELETION_ONLY.has(name)))
  for (const name of known.filter((one) => !isGivenByBody(one))) {
    const value = (READERS[name] ?? text)(query, name)
    if (value !== undefined) options[name] = value
  }
  return options
}

/** Whether a GET asks for a watch. */
export const wantsWatch = (query: URLSearchParams): boolean => flag(query, 'watch') === true
