import type { RequestOptions } from '../api/request.ts'
import { badRequest } from './api_errors.ts'

const WHOLE_NUMBER = /^[+-]?\d+$/

const INT64_MAX = 2n ** 63n - 1n

/** A query parameter that must be a whole number of 64 bits. @throws ApiError 400 */
function integer(query: URLSearchParams, name: string): number | undefined {
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
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>
}

/** Reads the parameters that the API knows. @throws ApiError 400 when a number is none */
export function requestOptionsOf(query: URLSearchParams): RequestOptions {
  const dryRun = query.getAll('dryRun')
  return defined({
    labelSelector: text(query, 'labelSelector'),
    fieldSelector: text(query, 'fieldSelector'),
    limit: integer(query, 'limit'),
    continue: text(query, 'continue'),
    resourceVersion: text(query, 'resourceVersion'),
    resourceVersionMatch: text(query, 'resourceVersionMatch'),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks'),
    sendInitialEvents: flag(query, 'sendInitialEvents'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
    dryRun: dryRun.length > 0 ? dryRun : undefined,
    fieldValidation: text(query, 'fieldValidation'),
    fieldManager: text(query, 'fieldManager'),
    force: flag(query, 'force'),
    gracePeriodSeconds: integer(query, 'gracePeriodSeconds'),
    propagationPolicy: text(query, 'propagationPolicy'),
    orphanDependents: flag(query, 'orphanDependents'),
  })
}

/** Whether a GET asks for a watch. */
export const wantsWatch = (query: URLSearchParams): boolean => flag(query, 'watch') === true
