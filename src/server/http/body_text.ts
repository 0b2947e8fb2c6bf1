import { JsonError, parseJson } from '../../api/json.ts'
import { parseGroupVersion, typeNameOf } from '../../api/schema/table.ts'
import type { Call } from '../call.ts'
import { duplicateField } from './strict_errors.ts'

/** A body parsed but not decoded: any JSON value, and what strict decoding has to say of its keys. */
export interface RawBody {
  readonly value: unknown
  /** `duplicate field "data.x"`, or YAML's wording. */
  readonly strictErrors: readonly string[]
  /** The paths of all keys in the order of the text, if some are there twice. */
  readonly keys?: readonly string[]
  /** Why the object could not be read, though its kind could. */
  readonly fault?: string
  /** Kind and version that stand outside the value: those of a protobuf envelope. */
  readonly envelope?: { readonly apiVersion: string; readonly kind: string }
}

/** The body could not be read as what its media type says; `message` is upstream's, without the surrounding sentence. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
}

/** A mark of the byte order is a letter as any other: no JSON begins with it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Parses the body by its media type; protobuf cannot be read without the type of its object. @throws BodyError */
export async function parseBody(call: Call, typeName: string): Promise<RawBody> {
  const { body } = call
  if (body.type === 'value') return { value: body.value, strictErrors: [] }
  if (body.type === 'none') return { value: null, strictErrors: [] }
  if (body.mediaType === 'application/vnd.kubernetes.protobuf') return parseProtobuf(body.bytes, typeName)
  const text = decoder.decode(body.bytes)
  return body.mediaType.endsWith('yaml') ? parseYamlText(text) : parseJsonText(text)
}

function parseJsonText(text: string): RawBody {
  try {
    const { value, duplicates, keys } = parseJson(text)
    return { value, strictErrors: duplicates.map(duplicateField), ...(keys && { keys }) }
  } catch (thrown) {
    if (thrown instanceof JsonError)
      throw new BodyError(`couldn't get version/kind; json parse error: ${thrown.message}`)
    throw thrown
  }
}

async function parseYamlText(text: string): Promise<RawBody> {
  const { parseYaml, YamlError } = await import('../../api/yaml.ts')
  try {
    const { value, duplicates } = parseYaml(text)
    return { value: value ?? null, strictErrors: duplicates }
  } catch (thrown) {
    if (thrown instanceof YamlError) throw new BodyError(thrown.message)
    throw thrown
  }
}

async function parseProtobuf(bytes: Uint8Array, typeName: string): Promise<RawBody> {
  const { decodeMessage, openEnvelope } = await import('../../api/protobuf.ts')
  try {
    const { apiVersion, kind, raw } = openEnvelope(bytes)
    const { group, version } = parseGroupVersion(apiVersion)
    const isExpected = apiVersion === '' || typeNameOf(group, version, kind) === typeName || typeName === DELETE_OPTIONS
    const envelope = { apiVersion, kind }
    if (!isExpected) return { value: {}, strictErrors: [], envelope }
    return { ...messageOrFault(() => decodeMessage(typeName, raw)), strictErrors: [], envelope }
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'ProtobufError') throw new BodyError(thrown.message)
    throw thrown
  }
}

/** What is wrong inside the envelope is known to be of a kind, and is told as a fault of that kind. */
function messageOrFault(decode: () => object): Pick<RawBody, 'value' | 'fault'> {
  try {
    return { value: decode() }
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'ProtobufError') return { value: {}, fault: thrown.message }
    throw thrown
  }
}

export const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'

const PREVIEW_BYTES = 30

/** The beginning of a body for a message: as text when it looks like JSON, else in hexadecimal. */
export function previewOf(call: Call): string {
  const bytes = call.body.type === 'bytes' ? call.body.bytes : new Uint8Array()
  if (bytes.length === 0) return '<empty>'
  const start = bytes.subarray(0, PREVIEW_BYTES)
  const shown = bytes[0] === 0x7b ? decoder.decode(start) : hexOf(start)
  return bytes.length > PREVIEW_BYTES ? `${shown} ...` : shown
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
