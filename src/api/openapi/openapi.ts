import { contentHash } from '../../base/digest.ts'
import { apiVersionOf } from '../resource.ts'
import type { ResourceFacts } from '../schema/table.ts'
import { type CustomSchemas, documentV2, documentV3, rootDocumentsV3 } from './documents.ts'
import { swaggerProtobuf } from './swagger_protobuf.ts'

/** A document ready to be sent; `hash` is its ETag and makes its URL immutable. */
export interface OpenApiBytes {
  readonly bytes: Uint8Array
  readonly hash: string
}

/** What `/openapi` answers. Documents are made when they are first asked for. */
export interface OpenApi {
  /** `/openapi/v3`: where the documents are, with the hashes of their content. */
  index(): OpenApiBytes
  /** `/openapi/v3/apis/apps/v1` by `apis/apps/v1`; undefined when there is no such document. */
  document(path: string): OpenApiBytes | undefined
  /** `/openapi/v2` in JSON. */
  swagger(): OpenApiBytes
  /** `/openapi/v2` as protobuf. */
  swaggerProtobuf(): OpenApiBytes
}

/** The content type of the protobuf form of `/openapi/v2`, and the one by which clients ask for it. */
export const SWAGGER_PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
export const SWAGGER_PROTOBUF_ACCEPT = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

const encoder = new TextEncoder()

function sealed(bytes: Uint8Array): OpenApiBytes {
  return { bytes, hash: contentHash(bytes) }
}

const sealedJson = (value: object): OpenApiBytes => sealed(encoder.encode(JSON.stringify(value)))

/** Runs `make` once, at the first call. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** `api/v1` or `apis/apps/v1` */
const pathOf = ({ ref }: ResourceFacts): string => `${ref.group === '' ? 'api' : 'apis'}/${apiVersionOf(ref)}`

/**
 * The OpenAPI documents of some resources, built-in and custom. Make a new one when custom resources
 * come or go.
 */
export function createOpenApi(resources: readonly ResourceFacts[], custom: CustomSchemas = new Map()): OpenApi {
  const groups = Map.groupBy(resources, pathOf)
  const makers = new Map([
    ...rootDocumentsV3([...new Set(resources.map(({ ref }) => ref.group))]),
    ...[...groups].map(([path, facts]) => [path, () => documentV3(facts, custom)] as const),
  ])
  const documents = new Map([...makers].map(([path, make]) => [path, lazy(() => sealedJson(make()))] as const))
  const document = (path: string): OpenApiBytes | undefined => documents.get(path)?.()
  const swaggerDocument = lazy(() => documentV2([...groups.values()], custom))
  return {
    index: lazy(() =>
      sealedJson({ paths: Object.fromEntries([...documents].map(([path, made]) => [path, entryOf(path, made())])) }),
    ),
    document,
    swagger: lazy(() => sealedJson(swaggerDocument())),
    swaggerProtobuf: lazy(() => sealed(swaggerProtobuf(swaggerDocument()))),
  }
}

const entryOf = (path: string, { hash }: OpenApiBytes): object => ({
  serverRelativeURL: `/openapi/v3/${path}?hash=${hash}`,
})
