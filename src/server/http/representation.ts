import { ApiError } from '../../api/error.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { parseGroupVersion, type ResourceFacts, typeNameOf } from '../../api/schema/table.ts'
import { type IncludedObject, type MetaVersion, toPartialList, toPartialObject } from '../../api/table_output.ts'
import type { KubeObject } from '../../api/types.ts'
import type { BodyChunk } from '../../base/chunks.ts'
import type { Millis } from '../../base/clock.ts'
import type { AnswerBody, View } from '../call.ts'
import { utf8 } from './http_types.ts'
import { internalPackage } from './known_kinds.ts'
import { notAcceptable, type Representation, type Transform } from './negotiation.ts'
import { tableOf } from './table.ts'

/** An answer as it goes over the wire. */
export interface Written {
  readonly contentType: string
  readonly chunks: readonly BodyChunk[]
}

export interface WriteOptions {
  readonly representation: Representation
  readonly includeObject: IncludedObject
  readonly now: Millis
}

const NEWLINE = utf8('\n')

/** Writes an answer as the client wants to have it. */
export async function writeBody(body: AnswerBody, options: WriteOptions): Promise<Written> {
  const { representation } = options
  const shown = transformed(body, representation.transform, options)
  if (representation.mediaType === 'application/yaml') return yaml(plainObject(shown))
  if (representation.mediaType === 'application/vnd.kubernetes.protobuf') {
    const written = await protobuf(plainObject(shown), representation.takesJson)
    if (written !== undefined) return written
  }
  if (representation.pretty) return prettyJson(plainObject(shown))
  return json(jsonChunks(shown))
}

const json = (chunks: readonly BodyChunk[]): Written => ({
  contentType: 'application/json',
  chunks: [...chunks, NEWLINE],
})

/** For people, and without a line's end, as upstream. */
const prettyJson = (object: object): Written => ({
  contentType: 'application/json',
  chunks: [utf8(JSON.stringify(object, null, 2))],
})

async function yaml(object: object): Promise<Written> {
  const { toYaml } = await import('../../api/yaml.ts')
  return { contentType: 'application/yaml', chunks: [utf8(toYaml(object))] }
}

/** Undefined for what has no protobuf form here: the client gets JSON, and is told so. @throws ApiError 406 if it cannot read JSON */
async function protobuf(object: object, takesJson: boolean): Promise<Written | undefined> {
  const { apiVersion = '', kind = '' } = object as { apiVersion?: string; kind?: string }
  const { group, version } = parseGroupVersion(apiVersion)
  const typeName = typeNameOf(group, version, kind)
  if (typeName === undefined) return undefined
  const [{ encodeProtobuf }, { hasMessage }] = await Promise.all([
    import('../../api/protobuf.ts'),
    import('../../api/protobuf/message.ts'),
  ])
  if (takesJson && !hasMessage(typeName)) return undefined
  return { contentType: 'application/vnd.kubernetes.protobuf', chunks: [encodeProtobuf(typeName, object)] }
}

function transformed(body: AnswerBody, transform: Transform | undefined, options: WriteOptions): AnswerBody {
  if (transform === undefined || body.type === 'plain') return body
  if (transform.as === 'Table') return { type: 'plain', object: tableOf(body, transform.version, options) }
  if (body.type === 'list' && transform.as === 'PartialObjectMetadata')
    throw wrongShape(transform.as, `a list (*${goTypeOf(body.facts)}List)`)
  if (body.type === 'object' && transform.as === 'PartialObjectMetadataList')
    throw wrongShape(transform.as, `not a list (*${goTypeOf(body.facts)})`)
  return { type: 'plain', object: partial(body, transform.version) }
}

/** The type that upstream has in its hands then. */
const goTypeOf = ({ ref: { group, kind } }: ResourceFacts): string => `${internalPackage(group)}.${kind}`

function wrongShape(as: string, found: string): ApiError {
  const { code, reason } = notAcceptable()
  const message = `you requested ${as}, but the requested object is ${found}`
  return new ApiError({ code, message, ...(reason === undefined ? {} : { reason }) })
}

function partial(body: Exclude<AnswerBody, { type: 'plain' }>, version: MetaVersion): object {
  if (body.type === 'object') return toPartialObject(body.view.object, version)
  return toPartialList(
    body.items.map(({ object }) => object),
    body.metadata,
    version,
  )
}

/** The whole answer as one value. */
export function plainObject(body: AnswerBody): object {
  if (body.type === 'plain') return body.object
  if (body.type === 'object') return body.view.object
  return {
    ...listHeader(body.facts),
    metadata: body.metadata,
    items: body.items.map((item) => withoutType(item.object)),
  }
}

const listHeader = (facts: ResourceFacts) => ({ kind: `${facts.ref.kind}List`, apiVersion: apiVersionOf(facts.ref) })

/** Objects inside a list do not repeat their type. */
function withoutType(object: KubeObject): object {
  const { kind: _kind, apiVersion: _version, ...rest } = object
  return rest
}

function jsonChunks(body: AnswerBody): readonly BodyChunk[] {
  if (body.type === 'plain') return [utf8(JSON.stringify(body.object))]
  if (body.type === 'object') return [body.view.bytes ?? utf8(JSON.stringify(body.view.object))]
  return listChunks(body)
}

export const textOf = ({ bytes, object }: View): string => bytes?.text ?? JSON.stringify(object)

const OPEN = utf8('{')
const COMMA_OPEN = utf8(',{')
const CLOSE_LIST = utf8(']}')

/** A list is made of the JSON that the store keeps; nothing is serialised again. */
function listChunks({ facts, metadata, items }: Extract<AnswerBody, { type: 'list' }>): BodyChunk[] {
  const { kind, apiVersion } = listHeader(facts)
  const head = JSON.stringify({ kind, apiVersion, metadata }).slice(0, -1)
  const chunks: BodyChunk[] = [utf8(`${head},"items":[`)]
  const header = `{"kind":${JSON.stringify(facts.ref.kind)},"apiVersion":${JSON.stringify(apiVersion)},`
  for (const [index, item] of items.entries()) {
    chunks.push(index === 0 ? OPEN : COMMA_OPEN, itemRest(item, header))
  }
  chunks.push(CLOSE_LIST)
  return chunks
}

/** An object's JSON behind its type, which is written in ASCII. */
function itemRest({ bytes, object }: View, header: string): BodyChunk {
  if (bytes === undefined || !bytes.text.startsWith(header))
    return utf8(JSON.stringify(withoutType(object))).subarray(1)
  return { text: bytes.text.slice(header.length), size: bytes.size - header.length }
}
