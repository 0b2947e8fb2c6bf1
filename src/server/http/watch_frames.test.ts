import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ApiError } from '../../api/error.ts'
import { decodeMessage, openEnvelope } from '../../api/protobuf.ts'
import { resourceFacts } from '../../api/schema/table.ts'
import { wholeOf } from '../../base/chunks.ts'
import { startTestServer, type TestServer } from '../testing/test_server.ts'
import type { HttpSink } from './http_types.ts'
import { negotiate } from './negotiation.ts'
import { frameWriter } from './watch_frames.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const INITIAL = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
  await cluster.ask({ method: 'POST', path: MAPS, body: { metadata: { name: 'one' }, data: { a: 'b' } } })
})
after(() => cluster.stop())

const ANSWER_MS_MAX = 5_000

/** What a watch answers up to its first bookmark, or all of it when it is refused. */
async function watched(query: string, accept: string) {
  const abort = new AbortController()
  const response = await cluster.server.http({
    method: 'GET',
    path: MAPS,
    query,
    headers: { authorization: 'Bearer admin-token', accept },
    client: undefined,
    signal: abort.signal,
    body: async () => new Uint8Array(),
  })
  const { status, headers, body } = response
  const bytes = typeof body === 'function' ? await untilBookmark(body) : Buffer.from(wholeOf(body))
  abort.abort()
  return { status, type: String(headers['content-type']), bytes }
}

function untilBookmark(body: (sink: HttpSink) => void): Promise<Buffer> {
  let heard = Buffer.alloc(0)
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => reject(new Error(`no bookmark in ${heard}`)), ANSWER_MS_MAX)
    const done = () => {
      clearTimeout(tooLong)
      resolve(heard)
    }
    const write = (chunk: Uint8Array) => {
      heard = Buffer.concat([heard, chunk])
      if (heard.includes('BOOKMARK')) done()
      return 0
    }
    body({ write, end: done })
  })
}

/** Events of a protobuf watch: each behind its length, the object in an envelope of its own. */
function protobufEvents(bytes: Buffer, typeName: string): { type: string; object: object }[] {
  const events: { type: string; object: object }[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    const typeLength = bytes[at + 5] ?? 0
    const type = bytes.subarray(at + 6, at + 6 + typeLength).toString()
    const { apiVersion, kind, raw } = openEnvelope(bytes.subarray(bytes.indexOf('k8s\u0000', at), end))
    events.push({ type, object: { kind, apiVersion, ...decodeMessage(typeName, raw) } })
    at = end
  }
  return events
}

const jsonEvents = (bytes: Buffer) =>
  bytes
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('protobuf frames tell what JSON lines tell', async () => {
  const json = jsonEvents((await watched(INITIAL, 'application/json')).bytes)
  assert.deepEqual(
    json.map(({ type }) => type),
    ['ADDED', 'BOOKMARK'],
  )
  const { type, bytes } = await watched(INITIAL, `${PROTOBUF};stream=watch`)
  assert.equal(type, `${PROTOBUF};stream=watch`)
  const events = protobufEvents(bytes, 'io.k8s.api.core.v1.ConfigMap')
  assert.deepEqual(
    events.map((event) => [event.type, event.object]),
    json.map((event) => [event.type, event.object]),
  )
})

test('metadata alone, in both forms', async () => {
  const as = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
  const [line] = jsonEvents((await watched(INITIAL, `application/json;${as}`)).bytes)
  const [event] = protobufEvents((await watched(INITIAL, `${PROTOBUF};${as}`)).bytes, `${META}.PartialObjectMetadata`)
  assert.equal(line.object.kind, 'PartialObjectMetadata')
  assert.deepEqual(event, line)
})

test('a Table goes as JSON when protobuf is liked better; YAML carries no watch', async () => {
  const as = 'as=Table;g=meta.k8s.io;v=v1'
  const { type, bytes } = await watched(INITIAL, `${PROTOBUF};${as},application/json;${as}`)
  assert.equal(type, 'application/json')
  assert.deepEqual(
    jsonEvents(bytes).map((event) => [event.type, event.object.kind]),
    [
      ['ADDED', 'Table'],
      ['BOOKMARK', 'Table'],
    ],
  )
  const refused = await watched(INITIAL, 'application/yaml')
  assert.equal(refused.status, 406)
  assert.match(
    refused.bytes.toString(),
    /only the following media types are accepted: application\/json;stream=watch, application\/vnd.kubernetes.protobuf;stream=watch/,
  )
})

test('parameters that do not go together are all named', async () => {
  const { status, bytes } = await watched('watch=true&resourceVersionMatch=Exact&continue=x', 'application/json')
  assert.equal(status, 422)
  const { details } = JSON.parse(bytes.toString())
  assert.deepEqual(
    details.causes.map((cause: { message: string }) => cause.message),
    [
      'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      'Unsupported value: "Exact": supported values: "NotOlderThan"',
      'Forbidden: resourceVersionMatch is forbidden when continue is provided',
    ],
  )
})

test('an error is the last event, in the form of the others', async () => {
  const facts = resourceFacts('', 'v1', 'configmaps')
  assert.ok(facts)
  const accept = { json: 'application/json', protobuf: PROTOBUF }
  const error = new ApiError({ code: 410, reason: 'Expired', message: 'too old', details: { retryAfterSeconds: 1 } })
  const frame = async (form: string) => {
    const options = {
      representation: negotiate({ headers: { accept: form }, query: '' }),
      includeObject: 'Metadata',
    } as const
    return Buffer.from((await frameWriter(facts, options, () => 0)).error(error))
  }
  const [line] = jsonEvents(await frame(accept.json))
  assert.deepEqual([line.type, line.object.code, line.object.reason], ['ERROR', 410, 'Expired'])
  const [event] = protobufEvents(await frame(accept.protobuf), `${META}.Status`)
  assert.deepEqual(event, line)
})
