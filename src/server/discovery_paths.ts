import {
  AGGREGATED_MEDIA_TYPE,
  aggregatedDiscovery,
  coreVersions,
  groupDocument,
  groupList,
  resourceList,
} from '../api/discovery.ts'
import { allResources } from '../api/schema/table.ts'
import { noSuchResource } from './api_errors.ts'
import type { Core } from './core.ts'
import { type HttpRequest, type HttpResponse, utf8 } from './http_types.ts'
import { isMetricsGroup, metricsResources } from './metrics/resources.ts'
import { negotiatePlain, wantsAggregatedDiscovery } from './negotiation.ts'
import { writeBody } from './representation.ts'
import { isKnownGroup } from './router.ts'

/** Answers a discovery path; undefined when it is none. */
export async function answerDiscovery(core: Core, request: HttpRequest): Promise<HttpResponse | undefined> {
  const path = request.path.replace(/\/$/, '')
  const accept = request.headers['accept']
  if ((path === '/api' || path === '/apis') && wantsAggregatedDiscovery(accept)) return aggregated(core, path)
  const object = discoveryObject(core, path)
  if (object === undefined) return undefined
  const representation = negotiatePlain(accept)
  const options = { representation, includeObject: 'Metadata', now: core.deps.clock.now() } as const
  const written = await writeBody({ type: 'plain', object }, options)
  return { status: 200, headers: { 'content-type': written.contentType, vary: 'Accept' }, body: written.chunks }
}

const documents = new Map<string, Uint8Array>()

/** The built-in resources, and those of the metrics' group where it is served. */
const servedResources = (core: Core) => [...allResources(), ...metricsResources(core)]

function aggregated(core: Core, path: '/api' | '/apis'): HttpResponse {
  const resources = servedResources(core)
  const key = `${path} ${resources.length}`
  const bytes = documents.get(key) ?? utf8(JSON.stringify(aggregatedDiscovery(resources, path)))
  documents.set(key, bytes)
  return { status: 200, headers: { 'content-type': AGGREGATED_MEDIA_TYPE, vary: 'Accept' }, body: [bytes] }
}

function discoveryObject(core: Core, path: string): object | undefined {
  const resources = servedResources(core)
  if (path === '/api') return coreVersions(serverAddress(core))
  if (path === '/apis') return groupList(resources)
  const [root, group = '', version] = path.split('/').slice(1)
  if (root === 'api') return withoutVersion(resourceList(resources, '', group) ?? refuse())
  if (root !== 'apis' || group === '' || !(isKnownGroup(group) || isMetricsGroup(core, group))) return undefined
  return version === undefined ? groupDocument(resources, group) : (resourceList(resources, group, version) ?? refuse())
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

function refuse(): never {
  throw noSuchResource()
}
