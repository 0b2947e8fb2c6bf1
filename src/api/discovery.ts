import { apiVersionOf } from './resource.ts'
import type { ResourceFacts, SubresourceFacts } from './schema/table.ts'

/** Where clients find the server, as `/api` and unaggregated groups tell them. */
export interface ServerAddress {
  readonly clientCIDR: string
  readonly serverAddress: string
}

/** `/api`: the versions of the core group. */
export const coreVersions = (address?: ServerAddress): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  ...(address === undefined ? {} : { serverAddressByClientCIDRs: [address] }),
})

interface Group {
  readonly name: string
  /** The preferred version first. */
  readonly versions: readonly string[]
}

/** The groups of some resources in their order; `core` says whether the core group is wanted or all others. */
function groupsOf(resources: readonly ResourceFacts[], core: boolean): Group[] {
  const versions = new Map<string, Set<string>>()
  for (const { ref } of resources) {
    if ((ref.group === '') !== core) continue
    const known = versions.get(ref.group) ?? new Set<string>()
    versions.set(ref.group, known.add(ref.version))
  }
  return [...versions].map(([name, set]) => ({ name, versions: [...set].sort(byPreference) }))
}

/** Upstream's order of versions: stable before beta before alpha, higher before lower, other words last. */
export function byPreference(a: string, b: string): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  for (const [index, value] of left.entries()) if (value !== right[index]) return (right[index] ?? 0) - value
  return a < b ? -1 : 1
}

const STABILITY: Readonly<Record<string, number>> = { alpha: 1, beta: 2 }

function rankOf(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (match === null) return [0, 0, 0]
  const [, major, stability, minor = '0'] = match
  return [stability === undefined ? 3 : (STABILITY[stability] ?? 0), Number(major), Number(minor)]
}

/** `/apis`: all groups but the core one. */
export const groupList = (resources: readonly ResourceFacts[]): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(resources, false).map(groupBody),
})

/** `/apis/GROUP`; undefined when there is no such group. */
export function groupDocument(resources: readonly ResourceFacts[], name: string): object | undefined {
  const group = groupsOf(resources, false).find((each) => each.name === name)
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) }
}

function groupBody({ name, versions }: Group) {
  const listed = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: listed, preferredVersion: listed[0] }
}

/** `/api/v1` and `/apis/GROUP/VERSION`; undefined when nothing is served there. */
export function resourceList(resources: readonly ResourceFacts[], group: string, version: string): object | undefined {
  const served = resources.filter(({ ref }) => ref.group === group && ref.version === version)
  if (served.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: served.flatMap((facts) => [
      resourceEntry(facts),
      ...facts.subresources.map((sub) => subresourceEntry(facts, sub)),
    ]),
  }
}

function resourceEntry({ ref, singular, verbs, shortNames, categories, storageVersionHash }: ResourceFacts): object {
  return {
    name: ref.resource,
    singularName: singular,
    namespaced: ref.namespaced,
    kind: ref.kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(storageVersionHash === undefined ? {} : { storageVersionHash }),
  }
}

const isOwnVersion = ({ ref }: ResourceFacts, sub: SubresourceFacts): boolean =>
  sub.group === ref.group && sub.version === ref.version

function subresourceEntry(facts: ResourceFacts, sub: SubresourceFacts): object {
  return {
    name: `${facts.ref.resource}/${sub.name}`,
    singularName: '',
    namespaced: facts.ref.namespaced,
    ...(isOwnVersion(facts, sub) ? {} : { group: sub.group, version: sub.version }),
    kind: sub.kind,
    verbs: sub.verbs,
  }
}

/** The media type of aggregated discovery, which the answer must repeat exactly. */
export const AGGREGATED_MEDIA_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Aggregated discovery: everything below `/api` (the core group) or `/apis` (all others) in one document. */
export function aggregatedDiscovery(resources: readonly ResourceFacts[], path: '/api' | '/apis'): object {
  const items = groupsOf(resources, path === '/api').map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map((version) => ({
      version,
      resources: resources.filter(({ ref }) => ref.group === name && ref.version === version).map(aggregatedEntry),
      freshness: 'Current',
    })),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

function aggregatedEntry(facts: ResourceFacts): object {
  const { ref, singular, verbs, shortNames, categories, subresources } = facts
  return {
    resource: ref.resource,
    responseKind: { group: '', version: '', kind: ref.kind },
    scope: ref.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0
      ? {}
      : { subresources: subresources.map((sub) => aggregatedSubresource(facts, sub)) }),
  }
}

function aggregatedSubresource(facts: ResourceFacts, sub: SubresourceFacts): object {
  const version = isOwnVersion(facts, sub) ? { group: '', version: '' } : { group: sub.group, version: sub.version }
  return { subresource: sub.name, responseKind: { ...version, kind: sub.kind }, verbs: sub.verbs }
}
