import { rulesOf } from '../kinds/registry.ts'
import type { Verb } from '../request.ts'
import { type ResourceFacts, type SubresourceFacts, typeNameOf } from '../schema/table.ts'
import { capital, rootOf, versionWord, withArticle } from './names.ts'
import type { Action } from './parameters.ts'

export interface Gvk {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch'

/** One method at one path. */
export interface Operation {
  readonly method: Method
  readonly action: Action
  readonly id: string
  readonly description: string
  /** The type of the answer; undefined for a text. */
  readonly answer: string | undefined
}

/** One path and what can be done there. */
export interface Endpoint {
  readonly path: string
  readonly gvk: Gvk
  /** The type of the objects that are written here. */
  readonly typeName: string | undefined
  /** What the path takes by its query besides what its actions take: the name of options. */
  readonly options: string
  readonly operations: readonly Operation[]
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const STATUS = `${META}.Status`
const WATCH_EVENT = `${META}.WatchEvent`

/** The name of the list type of a resource's objects. */
export const listTypeOf = ({ ref }: ResourceFacts): string | undefined =>
  typeNameOf(ref.group, ref.version, `${ref.kind}List`)

/** What the operations of a resource are called and where they are. */
interface Place {
  readonly facts: ResourceFacts
  readonly root: string
  /** The collection's path: with the namespace where there is one. */
  readonly base: string
  /** `AppsV1` */
  readonly version: string
  /** `Namespaced` or nothing. */
  readonly scope: string
  readonly gvk: Gvk
}

/** All paths of a resource. */
export function endpointsOf(facts: ResourceFacts): Endpoint[] {
  const { ref, verbs } = facts
  const root = rootOf(ref)
  const place: Place = {
    facts,
    root,
    base: `${root}${namespacePart(facts)}/${ref.resource}`,
    version: versionWord(ref),
    scope: ref.namespaced ? 'Namespaced' : '',
    gvk: gvkOf(ref),
  }
  const watched = verbs.includes('watch')
  return [
    ...(ref.namespaced ? everywhere(place) : []),
    collection(place),
    single(place),
    ...(watched ? watches(place) : []),
    ...facts.subresources.flatMap((sub) => subresource(sub, place)),
  ].filter(({ operations }) => operations.length > 0)
}

const gvkOf = ({ group, version, kind }: Gvk): Gvk => ({ group, version, kind })
const namespacePart = ({ ref }: ResourceFacts): string => (ref.namespaced ? '/namespaces/{namespace}' : '')

const ownEndpoint = ({ facts, gvk }: Place, path: string, operations: readonly Operation[]): Endpoint => ({
  path,
  gvk,
  typeName: facts.typeName,
  options: '',
  operations,
})

function listing({ facts }: Place, id: string): Operation[] {
  if (!facts.verbs.includes('list')) return []
  const doing = facts.verbs.includes('watch') ? 'list or watch' : 'list'
  const description = `${doing} objects of kind ${facts.ref.kind}`
  return [{ method: 'get', action: 'list', id, description, answer: listTypeOf(facts) ?? facts.typeName }]
}

function everywhere(place: Place): Endpoint[] {
  const { kind, resource } = place.facts.ref
  const operations = listing(place, `list${place.version}${kind}ForAllNamespaces`)
  return [ownEndpoint(place, `${place.root}/${resource}`, operations)]
}

function collection(place: Place): Endpoint {
  const { facts, version, scope } = place
  const { kind } = facts.ref
  const create: Operation = {
    method: 'post',
    action: 'post',
    id: `create${version}${scope}${kind}`,
    description: `create ${withArticle(kind)}`,
    answer: facts.typeName,
  }
  const deleteAll: Operation = {
    method: 'delete',
    action: 'deletecollection',
    id: `delete${version}Collection${scope}${kind}`,
    description: `delete collection of ${kind}`,
    answer: STATUS,
  }
  return ownEndpoint(place, place.base, [
    ...listing(place, `list${version}${scope}${kind}`),
    ...(facts.verbs.includes('create') ? [create] : []),
    ...(facts.verbs.includes('deletecollection') ? [deleteAll] : []),
  ])
}

function single(place: Place): Endpoint {
  const { facts, version, scope } = place
  const { kind } = facts.ref
  const objects = objectOperations(facts.verbs, `${version}${scope}${kind}`, `the specified ${kind}`, facts.typeName)
  const remove: Operation = {
    method: 'delete',
    action: 'delete',
    id: `delete${version}${scope}${kind}`,
    description: `delete ${withArticle(kind)}`,
    answer: answersDeletion(facts) ? facts.typeName : STATUS,
  }
  return ownEndpoint(place, `${place.base}/{name}`, [...objects, ...(facts.verbs.includes('delete') ? [remove] : [])])
}

/** Namespaces and definitions answer themselves while they go, but their documents promise a Status. */
const PROMISE_A_STATUS = ['namespaces', 'customresourcedefinitions']

const answersDeletion = ({ ref }: ResourceFacts): boolean =>
  rulesOf(ref.group, ref.resource).deleteAnswersObject === true && !PROMISE_A_STATUS.includes(ref.resource)

/** Reading, replacing and patching one object, or one side of it. */
function objectOperations(verbs: readonly Verb[], word: string, what: string, answer: string | undefined): Operation[] {
  const operations: readonly (readonly [Verb, Operation])[] = [
    ['get', { method: 'get', action: 'get', id: `read${word}`, description: `read ${what}`, answer }],
    ['update', { method: 'put', action: 'put', id: `replace${word}`, description: `replace ${what}`, answer }],
    [
      'patch',
      { method: 'patch', action: 'patch', id: `patch${word}`, description: `partially update ${what}`, answer },
    ],
  ]
  return operations.filter(([verb]) => verbs.includes(verb)).map(([, operation]) => operation)
}

/** The paths of watches before lists could be watched; they are still there. */
function watches(place: Place): Endpoint[] {
  const { facts, root, version, scope } = place
  const { kind, resource, namespaced } = facts.ref
  const base = `${root}/watch${namespacePart(facts)}/${resource}`
  const list = `watch changes to a list of ${kind}; a list with the parameter \`watch\` does the same`
  const one = `watch changes to one ${kind}; a list with the parameter \`watch\` and a field selector does the same`
  const at = (path: string, action: Action, id: string, description: string) =>
    ownEndpoint(place, path, [{ method: 'get', action, id, description, answer: WATCH_EVENT }])
  return [
    ...(namespaced
      ? [at(`${root}/watch/${resource}`, 'watchlist', `watch${version}${kind}ListForAllNamespaces`, list)]
      : []),
    at(base, 'watchlist', `watch${version}${scope}${kind}List`, list),
    ...(facts.verbs.includes('get') ? [at(`${base}/{name}`, 'watch', `watch${version}${scope}${kind}`, one)] : []),
  ]
}

function subresource(sub: SubresourceFacts, place: Place): Endpoint[] {
  const { facts, version, scope } = place
  const path = `${place.base}/{name}/${sub.name}`
  if (isConnection(sub)) return connections(sub, place, path)
  const typeName = typeNameOf(sub.group, sub.version, sub.kind)
  const kind = facts.ref.kind
  const word = `${version}${scope}${kind}${capital(sub.name)}`
  const options = `${facts.ref.resource}/${sub.name}`
  const what = `${sub.name} of the specified ${kind}`
  const create: Operation = {
    method: 'post',
    action: 'post',
    id: `create${word}`,
    description: `create ${sub.name} of ${withArticle(kind)}`,
    answer: typeName,
  }
  const answer = options === 'pods/log' ? undefined : typeName
  const operations = [
    ...objectOperations(sub.verbs, word, what, answer),
    ...(sub.verbs.includes('create') ? [create] : []),
  ]
  return [{ path, gvk: gvkOf(sub), typeName, options, operations }]
}

/** Subresources that take no object but open a connection: their kind names the options of their query. */
const isConnection = ({ kind }: SubresourceFacts): boolean => kind.endsWith('Options')

const METHODS: Readonly<Partial<Record<Verb, Method>>> = {
  get: 'get',
  update: 'put',
  create: 'post',
  delete: 'delete',
  patch: 'patch',
}

function connections(sub: SubresourceFacts, place: Place, path: string): Endpoint[] {
  const { facts, version, scope } = place
  const isProxy = sub.name === 'proxy'
  const methods = sub.verbs.flatMap((verb) => METHODS[verb] ?? [])
  const all: readonly Method[] = isProxy ? [...methods, 'options', 'head'] : methods
  const at = (ownPath: string, suffix: string): Endpoint => ({
    path: ownPath,
    gvk: gvkOf(sub),
    typeName: undefined,
    options: sub.kind,
    operations: all.map((method) => ({
      method,
      action: 'connect',
      id: `connect${version}${capital(method)}${scope}${facts.ref.kind}${capital(sub.name)}${suffix}`,
      description: `connect ${method.toUpperCase()} requests to ${sub.name} of ${facts.ref.kind}`,
      answer: undefined,
    })),
  })
  return [at(path, ''), ...(isProxy ? [at(`${path}/{path}`, 'WithPath')] : [])]
}
