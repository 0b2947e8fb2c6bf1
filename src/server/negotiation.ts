import { ApiError } from '../api/error.ts'

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

const PLAIN_JSON: Representation = {
  mediaType: 'application/json',
  transform: undefined,
  pretty: false,
  takesJson: true,
}

const SERVED: readonly MediaType[] = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const STREAMS = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']
const TRANSFORMS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'])
const TRANSFORM_VERSIONS = new Set(['v1', 'v1beta1'])

/** One entry of an Accept header. */
interface Clause {
  readonly range: string
  readonly params: ReadonlyMap<string, string>
  readonly quality: number
}

function clauseOf(text: string): Clause {
  const [range = '', ...rest] = text.split(';').map((part) => part.trim())
  const params = new Map<string, string>()
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals > 0) params.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  const quality = Number(params.get('q') ?? '1')
  return { range: range.toLowerCase(), params, quality: Number.isNaN(quality) ? 0 : quality }
}

/** The entries of an Accept header, the best liked first, else in their order. */
function clausesOf(accept: string | undefined): Clause[] {
  const header = accept === undefined || accept.trim() === '' ? '*/*' : accept
  return header
    .split(',')
    .map(clauseOf)
    .filter((clause) => clause.range !== '' && clause.quality > 0)
    .sort((one, other) => other.quality - one.quality)
}

const isServed = (range: string): boolean => range === '*/*' || SERVED.some((type) => type === range)

function unknownMediaType(listing: boolean): ApiError {
  const types = listing ? [...SERVED, ...STREAMS] : SERVED
  return new ApiError({
    code: 406,
    reason: 'NotAcceptable',
    message: `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`,
    details: {},
  })
}

export const notAcceptable = (): ApiError =>
  new ApiError({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${SERVED.join(', ')}`,
  })

/** The transform that a clause asks for; `false` when the server does not make such a thing. */
function transformOf(clause: Clause): Transform | undefined | false {
  const as = clause.params.get('as')
  if (as === undefined) return undefined
  const version = clause.params.get('v') ?? ''
  const known = TRANSFORMS.has(as) && TRANSFORM_VERSIONS.has(version) && clause.params.get('g') === 'meta.k8s.io'
  return known ? ({ as, version } as Transform) : false
}

/** The media types that answer a clause, in the server's order of preference. */
function typesFor(range: string): MediaType[] {
  if (range === '*/*' || range === 'application/*') return ['application/json']
  return SERVED.filter((type) => type === range)
}

const isJson = ({ range, params }: Clause): boolean => typesFor(range)[0] === 'application/json' && !params.has('as')

/**
 * Chooses how to answer.
 * @throws ApiError 406, in one of upstream's two wordings: one for media types that nobody offers, one for a wrong `as`
 */
export function negotiate(accept: string | undefined, options: { listing: boolean; pretty: boolean }): Representation {
  const clauses = clausesOf(accept)
  if (!clauses.some((clause) => isServed(clause.range))) throw unknownMediaType(options.listing)
  const chosen = choose(clauses)
  if (chosen === undefined) throw notAcceptable()
  return { ...chosen, pretty: options.pretty, takesJson: clauses.some(isJson) }
}

function choose(clauses: readonly Clause[]): Pick<Representation, 'mediaType' | 'transform'> | undefined {
  for (const clause of clauses) {
    const [mediaType] = typesFor(clause.range)
    const transform = transformOf(clause)
    if (mediaType === undefined || transform === false) continue
    // A Table has no protobuf form.
    if (transform?.as === 'Table' && mediaType === 'application/vnd.kubernetes.protobuf') continue
    return { mediaType, transform }
  }
  return undefined
}

/** The same for a watch, which YAML cannot carry. @throws ApiError 406 */
export function negotiateWatch(accept: string | undefined): Representation {
  const chosen = negotiate(accept, { listing: true, pretty: false })
  if (chosen.mediaType !== 'application/yaml') return chosen
  throw new ApiError({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${STREAMS.join(', ')}`,
  })
}

/** The same without transforms and with one wording for all failures: discovery and what is no resource. */
export function negotiatePlain(accept: string | undefined): Representation {
  for (const clause of clausesOf(accept)) {
    const [mediaType] = typesFor(clause.range)
    if (mediaType !== undefined) return { mediaType, transform: undefined, pretty: false, takesJson: true }
  }
  throw notAcceptable()
}

/** How an error is written: what the client accepts, or JSON if that cannot be told. */
export function representationOfError(accept: string | undefined): Representation {
  try {
    return negotiatePlain(accept)
  } catch {
    return PLAIN_JSON
  }
}

const DISCOVERY_PARAMS = { g: 'apidiscovery.k8s.io', v: 'v2', as: 'APIGroupDiscoveryList' } as const

/** Whether the client prefers aggregated discovery to the plain lists. */
export function wantsAggregatedDiscovery(accept: string | undefined): boolean {
  for (const clause of clausesOf(accept)) {
    if (Object.entries(DISCOVERY_PARAMS).every(([name, value]) => clause.params.get(name) === value)) return true
    if (clause.params.get('as') === undefined && typesFor(clause.range).length > 0) return false
  }
  return false
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
