import type { Verb } from '../../api/request.ts'
import { groupVersions, type ResourceFacts, resourceFacts, type SubresourceFacts } from '../../api/schema/table.ts'
import { parseFieldSelector } from '../../api/selector.ts'
import { badRequest, methodNotAllowed, noSuchResource } from '../api_errors.ts'
import { defined, wantsWatch } from './query.ts'

/** The parts of a resource path; nothing has been checked against the table of resources. */
export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
  /** What follows the subresource, for proxies: `a/b`. */
  readonly rest: string
  /** One of the old `/watch/` paths. */
  readonly watch: boolean
}

export type Route =
  | { readonly type: 'resource'; readonly path: ResourcePath }
  | { readonly type: 'other'; readonly path: string }

/** Subresources of a namespace; every other word in that place is a resource inside it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

/** Reads a path. It is decoded before it is split: an escaped slash parts segments too, so no name can hold one. @throws ApiError 400 */
export function parseRoute(path: string): Route {
  const [before, ...segments] = decoded(path).replace(/\/+$/, '').split('/')
  const parts = before === '' ? resourceParts(segments) : undefined
  return parts === undefined ? { type: 'other', path } : { type: 'resource', path: parts }
}

function decoded(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    throw badRequest('the path is not encoded as it should be')
  }
}

function resourceParts(segments: readonly string[]): ResourcePath | undefined {
  const [root, ...rest] = segments
  if (root === 'api' && rest.length >= 2) return inGroup('', rest[0] ?? '', rest.slice(1))
  if (root === 'apis' && rest.length >= 3) return inGroup(rest[0] ?? '', rest[1] ?? '', rest.slice(2))
  return undefined
}

function inGroup(group: string, version: string, segments: readonly string[]): ResourcePath | undefined {
  const watch = segments[0] === 'watch' && segments.length > 1
  const parts = watch ? segments.slice(1) : segments
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2] ?? '')
  const namespace = inNamespace ? parts[1] : undefined
  const [resource = '', name, subresource, ...rest] = inNamespace ? parts.slice(2) : parts
  return {
    group,
    version,
    resource,
    namespace,
    name: name === '' ? undefined : name,
    subresource: subresource === '' ? undefined : subresource,
    rest: rest.join('/'),
    watch,
  }
}

/** What a resource path means, checked against the table of resources. */
export interface Target {
  readonly facts: ResourceFacts
  readonly subresource: SubresourceFacts | undefined
}

/** What a request asks for, as far as its method and its path tell: this is what may be allowed or not. */
export interface Asked {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** A namespace lies in itself. A list that selects one name asks for that one. */
export function askedOf(method: string, path: ResourcePath, query: URLSearchParams): Asked {
  const { group, resource, subresource, name } = path
  const namespace = path.namespace || (group === '' && resource === 'namespaces' ? name : undefined)
  const scope = defined({ subresource, namespace })
  const verb = path.watch ? 'watch' : (VERBS[method] ?? '')
  if (name !== undefined) return { verb, group, resource, name, ...scope }
  if (verb === 'delete') return { verb: 'deletecollection', group, resource, ...scope }
  if (verb !== 'get') return { verb, group, resource, ...scope }
  const selected = defined({ name: selectedName(query.get('fieldSelector') ?? '') })
  return { verb: wantsWatch(query) ? 'watch' : 'list', group, resource, ...selected, ...scope }
}

/** The name that a field selector leaves; undefined for none, or when the selector cannot be read. */
function selectedName(selector: string): string | undefined {
  if (!selector.includes('metadata.name')) return undefined
  try {
    const named = parseFieldSelector(selector).find(({ field, equal }) => field === 'metadata.name' && equal)
    return named !== undefined && isPathSegment(named.value) ? named.value : undefined
  } catch {
    return undefined
  }
}

const isPathSegment = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name)

const groupsOf = (): Set<string> =>
  new Set(groupVersions().map((gv) => (gv.includes('/') ? gv.split('/')[0] : '') ?? ''))

let knownGroups: Set<string> | undefined

/** Whether the server has the group in any version: an unknown one is answered as an unknown path. */
export function isKnownGroup(group: string): boolean {
  knownGroups ??= groupsOf()
  return knownGroups.has(group)
}

/** Finds the resource of a path. @throws ApiError 404 */
export function targetOf(path: ResourcePath): Target {
  const facts = resourceFacts(path.group, path.version, path.resource)
  if (facts === undefined || !fitsScope(facts, path)) throw noSuchResource()
  if (path.subresource === undefined) return { facts, subresource: undefined }
  const subresource = facts.subresources.find((candidate) => candidate.name === path.subresource)
  if (subresource === undefined || (path.rest !== '' && path.subresource !== 'proxy')) throw noSuchResource()
  return { facts, subresource }
}

/** A namespaced object is reached only inside a namespace, a cluster-scoped one only outside; what is not kept cannot be listed from outside. */
function fitsScope(facts: ResourceFacts, path: ResourcePath): boolean {
  if (!facts.ref.namespaced) return path.namespace === undefined
  return path.namespace !== undefined || (path.name === undefined && !isVirtual(facts))
}

/** The verb that a method means on a path; HEAD means none. @throws ApiError 404 or 405 */
export function verbOf(method: string, path: ResourcePath, target: Target, wantsWatch: boolean): Verb {
  if (target.subresource !== undefined) return subresourceVerb(method, target.subresource)
  const verb = path.name === undefined ? collectionVerb(method, wantsWatch) : itemVerb(method, wantsWatch)
  const known = new Set<Verb>(target.facts.verbs)
  if (path.name !== undefined && !['get', 'update', 'patch', 'delete'].some((item) => known.has(item as Verb))) {
    throw noSuchResource()
  }
  if (verb === undefined || !known.has(verb)) throw methodNotAllowed()
  // An empty namespace is none: nobody shall empty all of them by a path that has lost a word.
  if (path.namespace === '' && verb !== 'list' && verb !== 'watch') throw badRequest('Namespace parameter required.')
  const everywhere = target.facts.ref.namespaced && path.namespace === undefined
  if (everywhere && verb !== 'list' && verb !== 'watch') throw methodNotAllowed()
  return verb
}

/** Whether the resource can only be created, and nothing is kept of it: a review, a binding. */
export const isVirtual = ({ verbs }: ResourceFacts): boolean => verbs.length === 1 && verbs[0] === 'create'

function collectionVerb(method: string, wantsWatch: boolean): Verb | undefined {
  if (method === 'GET') return wantsWatch ? 'watch' : 'list'
  return method === 'POST' ? 'create' : method === 'DELETE' ? 'deletecollection' : undefined
}

const ITEM_VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

const itemVerb = (method: string, wantsWatch: boolean): Verb | undefined =>
  wantsWatch && method === 'GET' ? 'watch' : ITEM_VERBS[method]

function subresourceVerb(method: string, subresource: SubresourceFacts): Verb {
  // What is behind a proxy may have its own answer to these.
  if (subresource.name === 'proxy' && (method === 'HEAD' || method === 'OPTIONS')) return 'get'
  const verb = method === 'POST' ? 'create' : ITEM_VERBS[method]
  if (verb === undefined || !subresource.verbs.includes(verb)) throw methodNotAllowed()
  return verb
}
