import type { ResourceFacts } from '../schema/table.ts'
import { type Dialect, refTo } from './dialect.ts'
import { type Endpoint, endpointsOf, type Operation } from './endpoints.ts'
import { groupTag, rootOf, versionWord } from './names.ts'
import { type Action, pathParameters, queryNames, queryParameter } from './parameters.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const PATCH = `${META}.Patch`
const DELETE_OPTIONS = `${META}.DeleteOptions`
const RESOURCE_LIST = `${META}.APIResourceList`

export const OBJECT_MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const WATCH_MEDIA_TYPES = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']
const ANY_MEDIA_TYPE = ['*/*']
const PATCH_MEDIA_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** All paths of some resources that share a group and version, and the root of that version. */
export function pathsOf(resources: readonly ResourceFacts[], dialect: Dialect): Readonly<Record<string, object>> {
  const [first] = resources
  if (first === undefined) return {}
  const tag = `${groupTag(first.ref.group)}_${first.ref.version}`
  const root = simpleItem(
    {
      tag,
      description: 'get available resources',
      id: `get${versionWord(first.ref)}APIResources`,
      mediaTypes: OBJECT_MEDIA_TYPES,
      answer: RESOURCE_LIST,
    },
    dialect,
  )
  const paths = resources
    .flatMap(endpointsOf)
    .map((endpoint) => [endpoint.path, pathItem(endpoint, tag, dialect)] as const)
  return Object.fromEntries([[`${rootOf(first.ref)}/`, root], ...paths])
}

/** The types that the operations of some resources take and answer. */
export function typesOfOperations(resources: readonly ResourceFacts[]): Set<string> {
  const types = resources
    .flatMap(endpointsOf)
    .flatMap(({ operations, typeName }) =>
      operations.flatMap(({ action, answer }) => [answer ?? [], bodyType(action, typeName) ?? []].flat()),
    )
  return new Set(resources.length === 0 ? types : [...types, RESOURCE_LIST])
}

/** A path that is only read and takes nothing. */
export interface SimplePath {
  readonly tag: string
  readonly description: string
  readonly id: string
  readonly mediaTypes: readonly string[]
  /** The type of the answer; undefined for a text. */
  readonly answer: string | undefined
}

export const simpleItem = ({ tag, description, id, mediaTypes, answer }: SimplePath, dialect: Dialect): object => ({
  get: {
    tags: [tag],
    description,
    ...(dialect === 'v2' ? { ...(answer && { consumes: mediaTypes }), produces: mediaTypes, schemes: ['https'] } : {}),
    operationId: id,
    responses: { 200: answerOf('OK', answer, mediaTypes, dialect), 401: UNAUTHORIZED },
  },
})

const UNAUTHORIZED = { description: 'Unauthorized' }

function answerOf(description: string, type: string | undefined, mediaTypes: readonly string[], dialect: Dialect) {
  const schema = type === undefined ? { type: 'string' } : refTo(type, dialect)
  return dialect === 'v2' ? { description, schema } : { description, content: contentOf(schema, mediaTypes) }
}

const contentOf = (schema: object, mediaTypes: readonly string[]): object =>
  Object.fromEntries([...mediaTypes].sort().map((type) => [type, { schema }]))

/** What all operations of a path take stands at the path; what only some take, at each of them. */
function pathItem(endpoint: Endpoint, tag: string, dialect: Dialect): object {
  const queries = endpoint.operations.map(({ action }) => queryNames(action, endpoint.options))
  const shared = (queries[0] ?? []).filter((name) => queries.every((names) => names.includes(name)))
  const operations = endpoint.operations.map((operation, index) => {
    const own = (queries[index] ?? []).filter((name) => !shared.includes(name))
    return [operation.method, operationOf(endpoint, operation, own, tag, dialect)] as const
  })
  const parameters = [
    ...pathParameters(endpoint.path, endpoint.gvk.kind, dialect),
    ...shared.map((name) => ({ name, ...queryParameter(name, dialect) })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { ...Object.fromEntries(operations), ...(parameters.length === 0 ? {} : { parameters }) }
}

function operationOf(
  endpoint: Endpoint,
  { action, id, description, answer }: Operation,
  query: readonly string[],
  tag: string,
  dialect: Dialect,
): object {
  const body = bodyOf(action, endpoint.typeName, dialect)
  const produces = producedBy(action, answer)
  const parameters = [...body.parameters, ...query.map((name) => queryParameter(name, dialect))]
  const codes = Object.entries(ANSWERS[action] ?? { 200: 'OK' })
  return {
    tags: [tag],
    description,
    ...(dialect === 'v2' ? { consumes: consumedBy(action), produces, schemes: ['https'] } : {}),
    operationId: id,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...body.requestBody,
    responses: {
      ...Object.fromEntries(codes.map(([code, text]) => [code, answerOf(text, answer, produces, dialect)])),
      401: UNAUTHORIZED,
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': endpoint.gvk,
  }
}

const OK_OR_CREATED = { 200: 'OK', 201: 'Created' }

/** The codes of success and their texts; only 200 where nothing else is said. */
const ANSWERS: Readonly<Partial<Record<Action, Readonly<Record<string, string>>>>> = {
  post: { ...OK_OR_CREATED, 202: 'Accepted' },
  put: OK_OR_CREATED,
  patch: OK_OR_CREATED,
  delete: { 200: 'OK', 202: 'Accepted' },
}

const consumedBy = (action: Action): readonly string[] => (action === 'patch' ? PATCH_MEDIA_TYPES : ANY_MEDIA_TYPE)

function producedBy(action: Action, answer: string | undefined): readonly string[] {
  if (action === 'connect') return ANY_MEDIA_TYPE
  if (answer === undefined) return ['text/plain', ...OBJECT_MEDIA_TYPES]
  const streams = action === 'list' || action === 'watch' || action === 'watchlist'
  return streams ? [...OBJECT_MEDIA_TYPES, ...WATCH_MEDIA_TYPES] : OBJECT_MEDIA_TYPES
}

interface Body {
  readonly parameters: readonly object[]
  readonly requestBody: object
}

const NO_BODY: Body = { parameters: [], requestBody: {} }

function bodyOf(action: Action, typeName: string | undefined, dialect: Dialect): Body {
  const type = bodyType(action, typeName)
  if (type === undefined) return NO_BODY
  const schema = refTo(type, dialect)
  const required = type === DELETE_OPTIONS ? {} : { required: true }
  if (dialect === 'v2') return { parameters: [{ name: 'body', in: 'body', ...required, schema }], requestBody: {} }
  return {
    parameters: [],
    requestBody: { requestBody: { content: contentOf(schema, consumedBy(action)), ...required } },
  }
}

function bodyType(action: Action, typeName: string | undefined): string | undefined {
  if (action === 'patch') return PATCH
  if (action === 'delete' || action === 'deletecollection') return DELETE_OPTIONS
  return action === 'post' || action === 'put' ? typeName : undefined
}
