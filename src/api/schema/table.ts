import { assert } from '../../base/assert.ts'
import type { Verb } from '../request.ts'
import { apiVersionOf, type ResourceRef } from '../resource.ts'
import columnsJson from './columns.json' with { type: 'json' }
import goJson from './go.json' with { type: 'json' }
import protoOnlyJson from './proto-only.json' with { type: 'json' }
import resourcesJson from './resources.json' with { type: 'json' }
import typesJson from './types.json' with { type: 'json' }

/** What the table knows of one field; `t`, `n` and `p` are its JSON type, protobuf number and protobuf type. */
export interface FieldFacts {
  readonly t: string
  readonly n?: number
  readonly p?: string
  /** The protobuf message field inside which this member travels. */
  readonly via?: string
  readonly enum?: readonly string[]
  /** The values that the items of a list or map may have. */
  readonly itemEnum?: readonly string[]
  readonly default?: unknown
  readonly patchStrategy?: string
  readonly mergeKey?: string
  readonly listType?: 'atomic' | 'map' | 'set'
  readonly mapKeys?: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
}

/** The number and type of a field in protobuf. */
export interface ProtoField {
  readonly n: number
  readonly p: string
}

/** What the table knows of one type. A type without `fields` is a leaf of a special form, told by `t`. */
export interface TypeFacts {
  readonly name: string
  readonly gvk?: readonly string[]
  readonly t?: string
  readonly required?: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
  readonly unions?: unknown
  readonly fields?: Readonly<Record<string, FieldFacts>>
  readonly inline?: Readonly<Record<string, ProtoField>>
  readonly protoOnly?: Readonly<Record<string, ProtoField>>
}

/** When Go writes a field: always, unless zero, or as members of the surrounding object. */
export type WhenWritten = 'always' | 'omitempty' | 'omitzero' | 'omitempty+omitzero' | 'inline' | ''

/** `[JSON name, Go name, Go type, when it is written]` */
export type GoField = readonly [json: string, go: string, type: string, when: WhenWritten]

/** `[name, type, format, priority]`; priority 1 shows with `-o wide`. */
export type ColumnFacts = readonly [name: string, type: string, format: string, priority: number]

/** What discovery says of one subresource. */
export interface SubresourceFacts {
  readonly name: string
  /** Of the objects that the subresource takes: `autoscaling`, `v1`, `Scale`. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly verbs: readonly Verb[]
}

/** What the table knows of one resource of one API version. */
export interface ResourceFacts {
  readonly ref: ResourceRef
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly Verb[]
  readonly subresources: readonly SubresourceFacts[]
  readonly storageVersionHash: string | undefined
  /** The type of its objects in the table. */
  readonly typeName: string
  readonly columns: readonly ColumnFacts[]
}

interface RawResource {
  readonly kind: string
  readonly scope: string
  readonly singular: string
  readonly verbs: readonly Verb[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources?: Readonly<Record<string, { readonly kind: string; readonly verbs: readonly Verb[] }>>
  readonly storageVersionHash?: string
}

const rawTypes = typesJson as unknown as Readonly<Record<string, Omit<TypeFacts, 'name'>>>
const protoMessages = protoOnlyJson as unknown as Readonly<Record<string, Readonly<Record<string, ProtoField>>>>
const goTypes = goJson as unknown as Readonly<Record<string, readonly GoField[]>>
const rawResources = resourcesJson as unknown as Readonly<Record<string, Readonly<Record<string, RawResource>>>>
const rawColumns = columnsJson as unknown as Readonly<Record<string, Readonly<Record<string, readonly ColumnFacts[]>>>>

const typeCache = new Map<string, TypeFacts>()

/** The facts of the type with this OpenAPI name; undefined when the table has none. */
export function findType(name: string): TypeFacts | undefined {
  const known = typeCache.get(name)
  if (known !== undefined || !Object.hasOwn(rawTypes, name)) return known
  const facts: TypeFacts = { ...rawTypes[name], name }
  typeCache.set(name, facts)
  return facts
}

/** The facts of a type that must exist. */
export function typeOf(name: string): TypeFacts {
  const facts = findType(name)
  assert(facts !== undefined, `the table has no type ${name}`)
  return facts
}

/** The fields of a Go struct in Go's order; undefined for what is no struct. */
export const goFieldsOf = (name: string): readonly GoField[] | undefined =>
  Object.hasOwn(goTypes, name) ? goTypes[name] : undefined

/** A protobuf message that has no JSON schema of its own (inline sources, `runtime.Unknown`, options). */
export const protoMessageOf = (name: string): Readonly<Record<string, ProtoField>> | undefined =>
  Object.hasOwn(protoMessages, name) ? protoMessages[name] : undefined

let typeByGvk: Map<string, string> | undefined

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Types that reach the server, or leave it, but are in no schema of the API. */
const TYPES_OUTSIDE_THE_SCHEMA: readonly (readonly [gvk: string, typeName: string])[] = [
  ['policy/v1beta1/Eviction', 'io.k8s.api.policy.v1beta1.Eviction'],
  ['meta.k8s.io/v1/PartialObjectMetadata', `${META}.PartialObjectMetadata`],
  ['meta.k8s.io/v1/PartialObjectMetadataList', `${META}.PartialObjectMetadataList`],
  ['meta.k8s.io/v1beta1/PartialObjectMetadata', `${META}.PartialObjectMetadata`],
  [
    'meta.k8s.io/v1beta1/PartialObjectMetadataList',
    'io.k8s.apimachinery.pkg.apis.meta.v1beta1.PartialObjectMetadataList',
  ],
]

function typesByGvk(): Map<string, string> {
  if (typeByGvk !== undefined) return typeByGvk
  typeByGvk = new Map(TYPES_OUTSIDE_THE_SCHEMA)
  for (const [name, type] of Object.entries(rawTypes)) {
    for (const gvk of type.gvk ?? []) if (!typeByGvk.has(gvk)) typeByGvk.set(gvk, name)
  }
  return typeByGvk
}

/** The type of the objects of one group, version and kind: `('apps', 'v1', 'StatefulSet')`. */
export const typeNameOf = (group: string, version: string, kind: string): string | undefined =>
  typesByGvk().get(`${apiVersionOf({ group, version })}/${kind}`)

/** `apps/v1` → `{group: 'apps', version: 'v1'}`; `v1` has the group ''. */
export function parseGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

function subresourceFacts(groupVersion: string, name: string, raw: { kind: string; verbs: readonly Verb[] }) {
  const slash = raw.kind.lastIndexOf('/')
  const kind = raw.kind.slice(slash + 1)
  return { name, kind, verbs: raw.verbs, ...parseGroupVersion(slash < 0 ? groupVersion : raw.kind.slice(0, slash)) }
}

function factsOf(groupVersion: string, resource: string, raw: RawResource): ResourceFacts {
  const { group, version } = parseGroupVersion(groupVersion)
  const typeName = typeNameOf(group, version, raw.kind)
  assert(typeName !== undefined, `the table has no type for ${groupVersion} ${raw.kind}`)
  return {
    ref: { group, version, resource, kind: raw.kind, namespaced: raw.scope === 'Namespaced' },
    singular: raw.singular,
    shortNames: raw.shortNames ?? [],
    categories: raw.categories ?? [],
    verbs: raw.verbs,
    subresources: Object.entries(raw.subresources ?? {}).map(([name, sub]) =>
      subresourceFacts(groupVersion, name, sub),
    ),
    storageVersionHash: raw.storageVersionHash,
    typeName,
    columns: rawColumns[groupVersion]?.[resource] ?? [],
  }
}

let resourcesByName: ReadonlyMap<string, ResourceFacts> | undefined

function resources(): ReadonlyMap<string, ResourceFacts> {
  resourcesByName ??= new Map(
    Object.entries(rawResources).flatMap(([groupVersion, list]) =>
      Object.entries(list).map(([name, raw]) => [`${groupVersion}/${name}`, factsOf(groupVersion, name, raw)] as const),
    ),
  )
  return resourcesByName
}

/** Every built-in resource, by group and version in upstream's order, then by name. */
export const allResources = (): readonly ResourceFacts[] => [...resources().values()]

/** The group versions that the table has, in its order: `v1`, `apps/v1`, … */
export const groupVersions = (): readonly string[] => Object.keys(rawResources)

/** The facts of one built-in resource by its plural name. */
export const resourceFacts = (group: string, version: string, resource: string): ResourceFacts | undefined =>
  resources().get(`${apiVersionOf({ group, version })}/${resource}`)
