import type { Dialect } from './dialect.ts'

/** What an operation does to a resource, in the words of `x-kubernetes-action`. */
export type Action = 'get' | 'list' | 'post' | 'put' | 'patch' | 'delete' | 'deletecollection' | 'connect'

type ParameterType = 'string' | 'integer' | 'boolean'

const SELECTION: Readonly<Record<string, ParameterType>> = {
  continue: 'string',
  fieldSelector: 'string',
  labelSelector: 'string',
  limit: 'integer',
  resourceVersion: 'string',
  resourceVersionMatch: 'string',
  sendInitialEvents: 'boolean',
  timeoutSeconds: 'integer',
}
const DELETION: Readonly<Record<string, ParameterType>> = {
  dryRun: 'string',
  gracePeriodSeconds: 'integer',
  orphanDependents: 'boolean',
  propagationPolicy: 'string',
}
const WRITING: Readonly<Record<string, ParameterType>> = {
  dryRun: 'string',
  fieldManager: 'string',
  fieldValidation: 'string',
}

const QUERY: Readonly<Record<Action, Readonly<Record<string, ParameterType>>>> = {
  get: {},
  list: { allowWatchBookmarks: 'boolean', ...SELECTION, watch: 'boolean' },
  post: WRITING,
  put: WRITING,
  patch: { ...WRITING, force: 'boolean' },
  delete: DELETION,
  deletecollection: { ...DELETION, ...SELECTION },
  connect: {},
}

const typed = (type: ParameterType, dialect: Dialect): object =>
  dialect === 'v2' ? { type, uniqueItems: true } : { schema: { type, uniqueItems: true } }

/** The query parameters of an action. */
export const queryParameters = (action: Action, dialect: Dialect): object[] =>
  Object.entries(QUERY[action]).map(([name, type]) => ({ name, in: 'query', ...typed(type, dialect) }))

/** The parameters in braces of a path. */
export const pathParameters = (path: string, dialect: Dialect): object[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    ...typed('string', dialect),
  }))
