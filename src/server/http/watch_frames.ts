import type { ApiError } from '../../api/error.ts'
import { parseGroupVersion, type ResourceFacts, typeNameOf } from '../../api/schema/table.ts'
import { type IncludedObject, toPartialObject } from '../../api/table_output.ts'
import type { Millis } from '../../base/clock.ts'
import type { WatchChange } from '../watch_events.ts'
import { utf8 } from './http_types.ts'
import type { Representation } from './negotiation.ts'
import { textOf } from './representation.ts'
import { tableOf } from './table.ts'

/** How the events of one watch are written. */
export interface FrameWriter {
  readonly contentType: string
  change(change: WatchChange): Uint8Array
  /** The last event of a watch that failed. */
  error(error: ApiError): Uint8Array
}

export interface FrameOptions {
  readonly representation: Representation
  readonly includeObject: IncludedObject
}

/** Writes one event around an object that is no longer changed. */
type Encode = (type: string, object: object) => Uint8Array

/** The writer for what the client wants to see, in the form in which it wants it. */
export async function frameWriter(
  facts: ResourceFacts,
  { representation, includeObject }: FrameOptions,
  now: () => Millis,
): Promise<FrameWriter> {
  const { transform } = representation
  const { encode, contentType, name } = await encodingFor(facts, representation)
  const error = (failure: ApiError) => encode('ERROR', failure.toStatus())
  if (transform === undefined) {
    const isJson = encode === encodeJson
    return {
      contentType,
      error,
      change: shared(name, isJson ? plainFrame : ({ type, view }) => encode(type, view.object)),
    }
  }
  if (transform.as !== 'Table') {
    const { version } = transform
    const partial = ({ type, view }: WatchChange) => encode(type, toPartialObject(view.object, version))
    return { contentType, error, change: shared(`${name} metadata ${version}`, partial) }
  }
  return { contentType, error, change: tableFrames(facts, transform.version, { includeObject, now }) }
}

async function encodingFor(facts: ResourceFacts, { mediaType, transform, takesJson }: Representation) {
  const json = { encode: encodeJson, contentType: 'application/json', name: 'json' }
  if (mediaType !== 'application/vnd.kubernetes.protobuf') return json
  const [{ encodeProtobuf, encodeWatchFrame }, { hasMessage }] = await Promise.all([
    import('../../api/protobuf.ts'),
    import('../../api/protobuf/message.ts'),
  ])
  if (transform === undefined && takesJson && !hasMessage(facts.typeName)) return json
  const encode: Encode = (type, object) => encodeWatchFrame(type, encodeProtobuf(typeOf(object, facts), object))
  return { encode, contentType: 'application/vnd.kubernetes.protobuf;stream=watch', name: 'protobuf' }
}

/** What stands in an event: an object of the kind, its metadata or a Status. */
function typeOf(object: { apiVersion?: string; kind?: string }, facts: ResourceFacts): string {
  const { group, version } = parseGroupVersion(object.apiVersion ?? '')
  return typeNameOf(group, version, object.kind ?? '') ?? facts.typeName
}

const encodeJson: Encode = (type, object) => utf8(`${JSON.stringify({ type, object })}\n`)

interface TableOptions {
  readonly includeObject: IncludedObject
  readonly now: () => Millis
}

/** Each event is a Table of one row; only the first says which columns there are. */
function tableFrames(facts: ResourceFacts, version: 'v1' | 'v1beta1', { includeObject, now }: TableOptions) {
  let columns = true
  return ({ type, view }: WatchChange): Uint8Array => {
    const isBookmark = type === 'BOOKMARK'
    const table = tableOf({ type: 'object', facts, view }, version, {
      includeObject: isBookmark ? 'Metadata' : includeObject,
      now: now(),
      columns: columns && !isBookmark,
    })
    if (!isBookmark) columns = false
    return encodeJson(type, table)
  }
}

/**
 * Frames that were made for one watcher serve all others of the same change who want the same form. All are told a change
 * before the next one, so the last change's are enough: kept as long as their objects they were 5 KB for each pod.
 */
let last: { readonly object: object; readonly frames: Map<string, Uint8Array> } | undefined

function shared(form: string, make: (change: WatchChange) => Uint8Array): (change: WatchChange) => Uint8Array {
  return (change) => {
    const { object } = change.view
    const key = `${change.type} ${form}`
    if (last?.object !== object) last = { object, frames: new Map() }
    const { frames } = last
    const made = frames.get(key)
    if (made !== undefined) return made
    const frame = make(change)
    frames.set(key, frame)
    return frame
  }
}

/** The JSON that the store keeps, within an event. */
const plainFrame = ({ type, view }: WatchChange): Uint8Array => utf8(`{"type":"${type}","object":${textOf(view)}}\n`)
