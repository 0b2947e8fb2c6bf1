import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from '../../api/discovery.ts'
import { allResources } from '../../api/schema/table.ts'
import { contentHash } from '../../base/digest.ts'
import type { Core } from '../core.ts'
import { metricsResources } from '../metrics/resources.ts'
import { errorResponse, respond } from './http_answers.ts'
import { type HttpRequest, type HttpResponse, utf8 } from './http_types.ts'
import { negotiateAggregated, negotiatePlain, notAcceptable, OBJECT_TYPES } from './negotiation.ts'
import { type Written, writeBody } from './representation.ts'

/** One document of discovery, for readers only. */
export interface DiscoveryDocument {
  readonly produces: readonly string[]
  answer(core: Core, request: HttpRequest): Promise<HttpResponse>
}

/** The document at a path without a slash at its end; undefined when there is none. */
export function discoveryDocument(core: Core, path: string): DiscoveryDocument | undefined {
  const object = discoveryObject(core, path)
  if (object === undefined) return undefined
  const plain = (request: HttpRequest) => answerObject(core, request, object)
  const answer = (_core: Core, request: HttpRequest) =>
    path === '/api' ? aggregated(core, request, path, plain) : plain(request)
  return { produces: OBJECT_TYPES, answer }
}

/** `/apis`: all groups, or everything that is below them. */
export const aggregatedGroups = (core: Core, request: HttpRequest): Promise<HttpResponse> =>
  aggregated(core, request, '/apis', () => answerObject(core, request, groupList(servedResources(core))))

/** The one group that is served by whoever lists the others; its own document can be read only. */
const LISTING_GROUP = 'apiregistration.k8s.io'

/** The document of one group, with or without a slash at the end; undefined for any other path. */
export function answerGroup(core: Core, request: HttpRequest): Promise<HttpResponse> | undefined {
  const [, name = ''] = /^\/apis\/([^/]+)\/?$/.exec(request.path) ?? []
  const object = name === LISTING_GROUP ? undefined : groupDocument(servedResources(core), name)
  return object && answerObject(core, request, object)
}

async function answerObject(core: Core, request: HttpRequest, object: object): Promise<HttpResponse> {
  const representation = negotiatePlain(request)
  if (representation === undefined) return errorResponse(core, request, notAcceptable())
  const options = { representation, includeObject: 'Metadata', now: core.deps.clock.now() } as const
  return respond(core, request, {
    status: 200,
    written: await writeBody({ type: 'plain', object }, options),
    warnings: [],
  })
}

/** The built-in resources, and those of the metrics' group where it is served. */
const servedResources = (core: Core) => [...allResources(), ...metricsResources(core)]

type Root = '/api' | '/apis'

interface Document {
  readonly object: object
  readonly etag: string
  readonly written: Map<string, Written>
}

const documents = new Map<string, Document>()

function documentOf(core: Core, root: Root): Document {
  const resources = servedResources(core)
  const key = `${root} ${resources.length}`
  const known = documents.get(key)
  if (known !== undefined) return known
  const object = aggregatedDiscovery(resources, root)
  const document = { object, etag: `"${contentHash(utf8(JSON.stringify(object)))}"`, written: new Map() }
  documents.set(key, document)
  return document
}

/** Aggregated discovery, if the client prefers it to what `otherwise` answers. It is known by its ETag. */
async function aggregated(
  core: Core,
  request: HttpRequest,
  root: Root,
  otherwise: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const representation = negotiateAggregated(request)
  if (representation === undefined) return otherwise(request)
  const { object, etag, written } = documentOf(core, root)
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' }
  if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: [] }
  const form = `${representation.mediaType} ${representation.pretty}`
  const options = { representation, includeObject: 'Metadata', now: core.deps.clock.now() } as const
  const made = written.get(form) ?? (await writeBody({ type: 'plain', object }, options))
  written.set(form, made)
  const { contentType, chunks } = made
  const whole = { contentType: `${contentType};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`, chunks }
  const response = await respond(core, request, { status: 200, written: whole, warnings: [], headers })
  const vary = [headers.vary, response.headers['vary']].flat().filter((name) => name !== undefined)
  return { ...response, headers: { ...response.headers, vary: [...new Set(vary)] } }
}

function discoveryObject(core: Core, path: string): object | undefined {
  if (path === '/api') return coreVersions(serverAddress(core))
  const resources = servedResources(core)
  const [root, group = '', version] = path.split('/').slice(1)
  if (root === 'api') {
    const list = resourceList(resources, '', group)
    return list && withoutVersion(list)
  }
  if (root !== 'apis') return undefined
  return version === undefined ? groupDocument(resources, group) : resourceList(resources, group, version)
}

function serverAddress({ deps }: Core) {
  const { address, port } = deps.advertise ?? { address: '127.0.0.1', port: 6443 }
  return { clientCIDR: '0.0.0.0/0', serverAddress: `${address}:${port}` }
}

/** The core group is older than the rule that lists carry an apiVersion. */
function withoutVersion(list: object): object {
  const { apiVersion: _version, ...rest } = list as { apiVersion?: string }
  return rest
}
