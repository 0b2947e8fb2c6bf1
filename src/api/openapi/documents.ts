import type { ResourceFacts } from '../schema/table.ts'
import { type Dialect, INFO } from './dialect.ts'
import { listTypeOf, OPERATION_TYPES, pathsOf } from './paths.ts'
import { schemaOf, typesReachedFrom } from './schemas.ts'

/** Schemas of custom resources by their type names; the table has those of all others. */
export type CustomSchemas = ReadonlyMap<string, object>

function schemasFor(resources: readonly ResourceFacts[], custom: CustomSchemas, dialect: Dialect): object {
  const names = resources.flatMap((facts) => [facts.typeName, listTypeOf(facts) ?? facts.typeName])
  const ofTable = typesReachedFrom([...names, ...OPERATION_TYPES, ...subresourceTypes(resources)])
  const own = names.flatMap((name) => {
    const schema = custom.get(name)
    return schema === undefined ? [] : [[name, schema] as const]
  })
  return Object.fromEntries([...ofTable.map((type) => [type.name, schemaOf(type, dialect)] as const), ...own])
}

/** Kinds that only subresources take: scales, evictions, tokens. */
const SUBRESOURCE_TYPES = [
  'io.k8s.api.autoscaling.v1.Scale',
  'io.k8s.api.policy.v1.Eviction',
  'io.k8s.api.authentication.v1.TokenRequest',
]

function subresourceTypes(resources: readonly ResourceFacts[]): string[] {
  const kinds = new Set(resources.flatMap(({ subresources }) => subresources.map(({ kind }) => kind)))
  return SUBRESOURCE_TYPES.filter((name) => kinds.has(name.slice(name.lastIndexOf('.') + 1)))
}

/** The OpenAPI v3 document of one group version. */
export const documentV3 = (resources: readonly ResourceFacts[], custom: CustomSchemas): object => ({
  openapi: '3.0.0',
  info: INFO,
  paths: pathsOf(resources, 'v3'),
  components: { schemas: schemasFor(resources, custom, 'v3') },
})

/** The one Swagger 2.0 document of everything. */
export function documentV2(groups: readonly (readonly ResourceFacts[])[], custom: CustomSchemas): SwaggerDocument {
  return {
    swagger: '2.0',
    info: INFO,
    paths: Object.assign({}, ...groups.map((resources) => pathsOf(resources, 'v2'))),
    definitions: schemasFor(groups.flat(), custom, 'v2') as SwaggerDocument['definitions'],
  }
}

export interface SwaggerDocument {
  readonly swagger: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, object>>
  readonly definitions: Readonly<Record<string, object>>
}
