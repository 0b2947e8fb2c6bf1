import { apiVersionOf } from '../resource.ts'
import type { ResourceFacts } from '../schema/table.ts'
import { INFO } from './dialect.ts'
import { pathsOf, type SimplePath, simpleItem, typesOfOperations } from './paths.ts'
import { rootPaths } from './roots.ts'
import { type SchemaTarget, schemaOf, typesReachedFrom } from './schemas.ts'

/** Schemas of custom resources by their type names; the table has those of all others. */
export type CustomSchemas = ReadonlyMap<string, object>

function schemasFor(resources: readonly ResourceFacts[], custom: CustomSchemas, target: SchemaTarget): object {
  const names = typesOfOperations(resources)
  const own = [...custom].filter(([name]) => names.has(name))
  return { ...schemasOf(names, target), ...Object.fromEntries(own) }
}

const schemasOf = (names: Iterable<string>, target: SchemaTarget): object =>
  Object.fromEntries(typesReachedFrom(names).map((type) => [type.name, schemaOf(type, target)]))

const SECURITY = {
  BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
}

const documentOf = (paths: object, schemas: object): object => ({
  openapi: '3.0.0',
  info: INFO,
  paths,
  components: { ...(Object.keys(schemas).length === 0 ? {} : { schemas }), securitySchemes: SECURITY },
})

/** The OpenAPI v3 document of one group version. */
export function documentV3(resources: readonly ResourceFacts[], custom: CustomSchemas): object {
  const [first] = resources
  const groupVersion = first === undefined ? '' : apiVersionOf(first.ref)
  return documentOf(pathsOf(resources, 'v3'), schemasFor(resources, custom, { dialect: 'v3', groupVersion }))
}

/** The OpenAPI v3 documents of the paths above those of resources, each made when it is asked for. */
export const rootDocumentsV3 = (groups: readonly string[]): ReadonlyMap<string, () => object> =>
  new Map(
    [...rootPaths(groups)].map(([name, path]) => [
      name,
      () => documentOf({ [`/${name}/`]: simpleItem(path, 'v3') }, schemasOf(answersOf([path]), { dialect: 'v3' })),
    ]),
  )

const answersOf = (paths: Iterable<SimplePath>): string[] => [...paths].flatMap(({ answer }) => answer ?? [])

/** The one Swagger 2.0 document of everything. */
export function documentV2(groups: readonly (readonly ResourceFacts[])[], custom: CustomSchemas): SwaggerDocument {
  const resources = groups.flat()
  const roots = rootPaths([...new Set(resources.map(({ ref }) => ref.group))])
  const rootItems = [...roots].map(([name, path]) => [`/${name}/`, simpleItem(path, 'v2')] as const)
  const definitions = {
    ...schemasFor(resources, custom, { dialect: 'v2' }),
    ...schemasOf(answersOf(roots.values()), { dialect: 'v2' }),
  }
  return {
    swagger: '2.0',
    info: INFO,
    paths: Object.assign(Object.fromEntries(rootItems), ...groups.map((facts) => pathsOf(facts, 'v2'))),
    definitions: definitions as SwaggerDocument['definitions'],
    securityDefinitions: SECURITY,
    security: [{ BearerToken: [] }],
  }
}

export interface SwaggerDocument {
  readonly swagger: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, object>>
  readonly definitions: Readonly<Record<string, object>>
  readonly securityDefinitions: Readonly<Record<string, object>>
  readonly security: readonly object[]
}
