import { ApiError } from '../../api/error.ts'
import { acceptsAny, type Clause, parseAccept, takes } from './accept_header.ts'
import type { HttpRequest } from './http_types.ts'

export type MediaType = 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf'

/** What the client wants instead of the object itself. */
export type Transform =
  | { readonly as: 'Table'; readonly version: 'v1' | 'v1beta1' }
  | { readonly as: 'PartialObjectMetadata' | 'PartialObjectMetadataList'; readonly version: 'v1' | 'v1beta1' }

/** How an answer is written. */
export interface Representation {
  readonly mediaType: MediaType
  readonly transform: Transform | undefined
  readonly pretty: boolean
  /** Whether JSON would do as well, for the few kinds that have no protobuf form. */
  readonly takesJson: boolean
}

/** What of a request says how it wants to be answered. */
export type Asking = Pick<HttpRequest, 'headers' | 'query'>

const SERVED: readonly MediaType[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const STREAMS = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']
const TRANSFORMS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'])
const TRANSFORM_VERSIONS = new Set(['v1', 'v1beta1'])

/** What a clause asks for by `as`, `g` and `v`; an absent one is empty. */
export interface AskedType {
  readonly group: string
  readonly version: string
  readonly kind: string
}

function askedType({ params }: Clause): AskedType | undefined {
  const [kind, group, version] = [params.get('as'), params.get('g'), params.get('v')]
  if (kind === undefined && group === undefined && version === undefined) return undefined
  return { group: group ?? '', version: version ?? '', kind: kind ?? '' }
}

/** Decides what becomes of the type that a clause asks for; `false`: nothing of the kind is served there. */
type Allow<T> = (asked: AskedType | undefined, mediaType: MediaType) => T | false

interface Chosen<T> {
  readonly mediaType: MediaType
  readonly transform: T
  readonly pretty: boolean
}

function choose<T>(accept: string | undefined, allow: Allow<T>, serverVersion: string): Chosen<T> | undefined {
  for (const clause of parseAccept(accept || '*/*')) {
    for (const mediaType of SERVED) {
      if (!takes(clause, mediaType) || !allowsParams(clause, mediaType, serverVersion)) continue
      const transform = allow(askedType(clause), mediaType)
      if (transform !== false) return { mediaType, transform, pretty: clause.params.get('pretty') === '1' }
    }
  }
  return undefined
}

function allowsParams({ params }: Clause, mediaType: MediaType, serverVersion: string): boolean {
  const stream = params.get('stream') ?? ''
  const version = params.get('sv') ?? ''
  return (
    (stream === '' || (stream === 'watch' && mediaType !== 'application/yaml')) &&
    (version === '' || version === serverVersion)
  )
}

/** A Table has no protobuf form. */
const asObject: Allow<Transform | undefined> = (asked, mediaType) => {
  if (asked === undefined) return undefined
  const { group, version, kind } = asked
  if (group !== 'meta.k8s.io' || !TRANSFORM_VERSIONS.has(version) || !TRANSFORMS.has(kind)) return false
  if (kind === 'Table' && mediaType === 'application/vnd.kubernetes.protobuf') return false
  return { as: kind, version } as Transform
}

/** The same of what has no rows. */
const asRowless: Allow<Transform | undefined> = (asked, mediaType) =>
  asked?.kind === 'Table' ? false : asObject(asked, mediaType)

const asItIs: Allow<undefined> = (asked) => (asked === undefined ? undefined : false)

/** @throws ApiError 406 when a path produces nothing that the request takes */
export function checkProduces(asking: Asking, produced: readonly string[]): void {
  if (acceptsAny(asking.headers['accept'], produced)) return
  throw new ApiError({
    code: 406,
    reason: 'NotAcceptable',
    message: `406: Not Acceptable\n\nAvailable representations: ${produced.join(', ')}`,
    details: {},
  })
}

/** What the paths of objects produce, and what those of discovery do. */
export const OBJECT_TYPES: readonly string[] = SERVED
export const LIST_TYPES: readonly string[] = [...SERVED, ...STREAMS]

export const notAcceptable = (types: readonly string[] = SERVED): ApiError =>
  new ApiError({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${types.join(', ')}`,
  })

const PRETTY_AGENTS = ['curl', 'Wget', 'Mozilla/5.0']
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])

/** Whether a person reads the answer: the request says so, or it comes from a browser or a tool of the command line. */
export function wantsPretty({ headers, query }: Asking): boolean {
  const asked = query.includes('pretty') ? (new URLSearchParams(query).get('pretty') ?? '') : ''
  if (asked !== '') return TRUE.has(asked)
  return PRETTY_AGENTS.some((agent) => headers['user-agent']?.startsWith(agent))
}

const takesJson = (accept: string | undefined): boolean =>
  choose(accept, (asked, mediaType) => (mediaType === 'application/json' ? asItIs(asked, mediaType) : false), 'v1') !==
  undefined

function completed<T extends Transform | undefined>(asking: Asking, chosen: Chosen<T>): Representation {
  return {
    ...chosen,
    pretty: chosen.pretty || wantsPretty(asking),
    takesJson: chosen.mediaType === 'application/json' || takesJson(asking.headers['accept']),
  }
}

/**
 * Chooses how to answer; `tables`: whether what is there can be shown as rows.
 * @throws ApiError 406 when every clause asks for what is not there
 */
export function negotiate(asking: Asking, { tables = true }: { readonly tables?: boolean } = {}): Representation {
  const chosen = choose(asking.headers['accept'], tables ? asObject : asRowless, 'v1')
  if (chosen === undefined) throw notAcceptable()
  return completed(asking, chosen)
}

/** YAML cannot carry a watch. @throws ApiError 406 */
export function checkStreams({ mediaType }: Representation): void {
  if (mediaType === 'application/yaml') throw notAcceptable(STREAMS)
}

/** The same without transforms: discovery, errors and what is no resource; undefined when nothing will do. */
export function negotiatePlain(asking: Asking): Representation | undefined {
  const chosen = choose(asking.headers['accept'], asItIs, '')
  return chosen && completed(asking, chosen)
}

const isAggregated: Allow<true> = (asked) =>
  asked?.group === 'apidiscovery.k8s.io' && asked.version === 'v2' && asked.kind === 'APIGroupDiscoveryList'

/** How aggregated discovery is to be written; undefined when the client does not ask for it. */
export function negotiateAggregated(asking: Asking): Representation | undefined {
  const chosen = choose(asking.headers['accept'] || 'application/json', isAggregated, '')
  return chosen && completed(asking, { ...chosen, transform: undefined })
}

/** A stream of text goes out as it is, and is asked for as an object is. @throws ApiError 406 */
export function checkTakesText(asking: Asking): void {
  checkProduces(asking, ['text/plain', ...SERVED])
  if (choose(asking.headers['accept'], asRowless, 'v1') === undefined) throw notAcceptable()
}

/** The media type of a request's body, without its parameters; JSON if the client does not say. */
export function bodyMediaType(contentType: string | undefined): string {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return type === '' ? 'application/json' : type
}

/** @throws ApiError 415 when the body's media type is none that the server reads */
export function readableMediaType(contentType: string | undefined): MediaType {
  const type = bodyMediaType(contentType)
  const known = SERVED.find((served) => served === type)
  if (known !== undefined) return known
  throw new ApiError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${SERVED.join(', ')}`,
  })
}
