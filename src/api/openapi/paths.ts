import type { Verb } from '../request.ts'
import { apiVersionOf } from '../resource.ts'
import { type ResourceFacts, type SubresourceFacts, typeNameOf } from '../schema/table.ts'
import { type Dialect, refTo } from './dialect.ts'
import { type Action, pathParameters, queryParameters } from './parameters.ts'

interface Gvk {
  readonly group: string
  readonly version: string
  readonly kind: string
}

interface Endpoint {
  readonly path: string
  /** The verbs served here, and by which action and method each. */
  readonly verbs: readonly Verb[]
  readonly collection: boolean
  readonly gvk: Gvk
  readonly typeName: string | undefined
  /** The part of operation ids behind the verb: `AppsV1NamespacedStatefulSetStatus`. */
  readonly operation: (verb: string) => string
}

type Method = 'get' | 'put' | 'post' | 'delete' | 'patch'

/** Which method and action carry a verb at a collection or at one object. */
const CARRIERS: Readonly<
  Record<Verb, { readonly method: Method; readonly action: Action; readonly word: string } | undefined>
> = {
  list: { method: 'get', action: 'list', word: 'list' },
  create: { method: 'post', action: 'post', word: 'create' },
  deletecollection: { method: 'delete', action: 'deletecollection', word: 'deleteCollection' },
  get: { method: 'get', action: 'get', word: 'read' },
  update: { method: 'put', action: 'put', word: 'replace' },
  patch: { method: 'patch', action: 'patch', word: 'patch' },
  delete: { method: 'delete', action: 'delete', word: 'delete' },
  watch: undefined,
}
const COLLECTION_VERBS: readonly Verb[] = ['list', 'create', 'deletecollection']

const STATUS = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status'
const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch'
const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'
/** Types that operations need besides those of the resources. */
export const OPERATION_TYPES: readonly string[] = [STATUS, PATCH, DELETE_OPTIONS]
const PATCH_MEDIA_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** `/api/v1` or `/apis/apps/v1`. */
const rootOf = (groupVersion: { readonly group: string; readonly version: string }): string =>
  `${groupVersion.group === '' ? '/api' : '/apis'}/${apiVersionOf(groupVersion)}`

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** `rbac.authorization.k8s.io`, `v1` → `RbacAuthorizationV1` */
function groupWord({ group, version }: { readonly group: string; readonly version: string }): string {
  const words = group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.')
  return words.map(capital).join('') + capital(version)
}

/** The name of the list type of a resource's objects. */
export const listTypeOf = (facts: ResourceFacts): string | undefined =>
  typeNameOf(facts.ref.group, facts.ref.version, `${facts.ref.kind}List`)

/** All paths of some resources that share a group and version, and the root of that version. */
export function pathsOf(resources: readonly ResourceFacts[], dialect: Dialect): Readonly<Record<string, object>> {
  const [first] = resources
  if (first === undefined) return {}
  const root = {
    get: { operationId: `get${groupWord(first.ref)}APIResources`, responses: { 200: { description: 'OK' } } },
  }
  const paths = resources.flatMap(endpointsOf).map((endpoint) => [endpoint.path, pathItem(endpoint, dialect)] as const)
  return Object.fromEntries([[`${rootOf(first.ref)}/`, root], ...paths])
}

function endpointsOf(facts: ResourceFacts): Endpoint[] {
  const { ref, verbs, typeName } = facts
  const base = `${rootOf(ref)}${ref.namespaced ? '/namespaces/{namespace}' : ''}/${ref.resource}`
  const scope = `${groupWord(ref)}${ref.namespaced ? 'Namespaced' : ''}`
  const own = { gvk: gvkOf(ref), typeName }
  const collection: Endpoint = {
    ...own,
    path: base,
    verbs: verbs.filter((verb) => COLLECTION_VERBS.includes(verb)),
    collection: true,
    operation: (verb) => `${verb}${scope}${ref.kind}`,
  }
  const single = {
    ...collection,
    path: `${base}/{name}`,
    verbs: verbs.filter((verb) => !COLLECTION_VERBS.includes(verb)),
    collection: false,
  }
  const everywhere: Endpoint = {
    ...collection,
    path: `${rootOf(ref)}/${ref.resource}`,
    verbs: verbs.filter((verb) => verb === 'list'),
    operation: (verb) => `${verb}${groupWord(ref)}${ref.kind}ForAllNamespaces`,
  }
  const subresources = facts.subresources.map((sub) => subresourceEndpoint(sub, single, `${scope}${ref.kind}`))
  return [...(ref.namespaced ? [everywhere] : []), collection, single, ...subresources].filter(
    ({ verbs: served }) => served.length > 0,
  )
}

const gvkOf = ({ group, version, kind }: Gvk): Gvk => ({ group, version, kind })

function subresourceEndpoint(sub: SubresourceFacts, single: Endpoint, word: string): Endpoint {
  return {
    path: `${single.path}/${sub.name}`,
    verbs: sub.verbs,
    collection: false,
    gvk: gvkOf(sub),
    typeName: typeNameOf(sub.group, sub.version, sub.kind),
    operation: (verb) => `${verb}${word}${capital(sub.name)}`,
  }
}

function pathItem(endpoint: Endpoint, dialect: Dialect): object {
  const operations = endpoint.verbs.flatMap((verb) => {
    const carrier = CARRIERS[verb]
    return carrier === undefined ? [] : [[carrier.method, operationOf(endpoint, carrier, dialect)] as const]
  })
  return { ...Object.fromEntries(operations), parameters: pathParameters(endpoint.path, dialect) }
}

function operationOf(endpoint: Endpoint, { action, word }: { action: Action; word: string }, dialect: Dialect): object {
  const { gvk, typeName } = endpoint
  const body = bodyType(action, typeName)
  const answer = action === 'delete' || action === 'deletecollection' ? STATUS : answerType(endpoint, action)
  return {
    operationId: endpoint.operation(word),
    ...requestBody(action, body, dialect),
    responses: { 200: { description: 'OK', ...(answer === undefined ? {} : answerSchema(answer, dialect)) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  }
}

function answerType({ gvk, typeName }: Endpoint, action: Action): string | undefined {
  return action === 'list' ? (typeNameOf(gvk.group, gvk.version, `${gvk.kind}List`) ?? typeName) : typeName
}

function bodyType(action: Action, typeName: string | undefined): string | undefined {
  if (action === 'patch') return PATCH
  if (action === 'delete' || action === 'deletecollection') return DELETE_OPTIONS
  return action === 'post' || action === 'put' ? typeName : undefined
}

const answerSchema = (typeName: string, dialect: Dialect): object =>
  dialect === 'v2'
    ? { schema: refTo(typeName, dialect) }
    : { content: { 'application/json': { schema: refTo(typeName, dialect) } } }

function requestBody(action: Action, typeName: string | undefined, dialect: Dialect): object {
  const query = queryParameters(action, dialect)
  if (typeName === undefined) return { parameters: query }
  const schema = refTo(typeName, dialect)
  const mediaTypes = action === 'patch' ? PATCH_MEDIA_TYPES : ['*/*']
  if (dialect === 'v2') {
    return {
      consumes: mediaTypes,
      parameters: [{ name: 'body', in: 'body', required: action !== 'delete', schema }, ...query],
    }
  }
  return {
    parameters: query,
    requestBody: { content: Object.fromEntries(mediaTypes.map((type) => [type, { schema }])) },
  }
}
