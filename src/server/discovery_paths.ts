import { apiVersionOf } from '../api/resource.ts'
import { allResources, groupVersions, parseGroupVersion, type ResourceFacts } from '../api/schema/table.ts'
import { noSuchResource } from './api_errors.ts'
import type { Core } from './core.ts'
import type { HttpRequest, HttpResponse } from './http_types.ts'
import { negotiatePlain } from './negotiation.ts'
import { writeBody } from './representation.ts'
import { isKnownGroup } from './router.ts'

/** Answers a discovery path; undefined when it is none. */
export async function answerDiscovery(core: Core, request: HttpRequest): Promise<HttpResponse | undefined> {
  const object = discoveryObject(request.path.replace(/\/$/, ''))
  if (object === undefined) return undefined
  const representation = negotiatePlain(request.headers['accept'])
  const written = await writeBody(
    { type: 'plain', object },
    { representation, includeObject: 'Metadata', now: core.deps.clock.now() },
  )
  return { status: 200, headers: { 'content-type': written.contentType }, body: written.chunks }
}

function discoveryObject(path: string): object | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupObject) }
  const [root, group = '', version] = path.split('/').slice(1)
  if (root === 'api') return resourceList(group)
  if (root !== 'apis' || group === '' || !isKnownGroup(group)) return undefined
  return version === undefined
    ? { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group) }
    : resourceList(`${group}/${version}`)
}

const groups = (): string[] =>
  [...new Set(groupVersions().map((gv) => parseGroupVersion(gv).group))].filter((group) => group !== '')

function groupObject(group: string) {
  const versions = groupVersions()
    .filter((gv) => parseGroupVersion(gv).group === group)
    .map((groupVersion) => ({ groupVersion, version: parseGroupVersion(groupVersion).version }))
  return { name: group, versions, preferredVersion: versions[0] }
}

function resourceList(groupVersion: string): object {
  const resources = allResources().filter((facts) => apiVersionOf(facts.ref) === groupVersion)
  if (resources.length === 0) throw noSuchResource()
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: resources.flatMap(entriesOf) }
}

function entriesOf(facts: ResourceFacts): object[] {
  const { ref, singular, verbs, shortNames, categories } = facts
  const main = {
    name: ref.resource,
    singularName: singular,
    namespaced: ref.namespaced,
    kind: ref.kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(facts.storageVersionHash === undefined ? {} : { storageVersionHash: facts.storageVersionHash }),
  }
  const subresources = facts.subresources.map((sub) => ({
    name: `${ref.resource}/${sub.name}`,
    singularName: '',
    namespaced: ref.namespaced,
    ...(sub.group === ref.group && sub.version === ref.version ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }))
  return [main, ...subresources]
}
