import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import WebSocket from 'ws'
import type { StreamingPort } from '../../server/http/streaming_port.ts'
import { startTestServer, type TestServer } from '../../server/testing/test_server.ts'
import { type Listening, listenUnix } from '../https_server.ts'

const streaming: StreamingPort = {
  log: async (_pod, _options, sink) => {
    sink.write(Buffer.from('hello\n'))
    sink.end()
  },
  tunnel: async () => {},
}

const folder = mkdtempSync(join(tmpdir(), 'berth-web-socket-'))
const path = join(folder, 'api.sock')
let cluster: TestServer
let listening: Listening
before(async () => {
  cluster = await startTestServer({ streaming })
  const { http: handler, upgrade } = cluster.server
  listening = await listenUnix({ handler, upgrade, path })
})
after(async () => {
  await listening.close()
  await cluster.stop()
  rmSync(folder, { recursive: true })
})

const MAPS = '/api/v1/namespaces/default/configmaps'
const tokenProtocol = (token: string) =>
  `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`

/** What comes over one WebSocket: its first messages, and the protocol that was agreed on. */
function firstMessages(url: string, protocols: string[], count: number, accept = 'application/json') {
  const client = new WebSocket(`ws+unix:${path}:${url}`, protocols, { headers: { accept } })
  return new Promise<{ protocol: string; messages: (string | Buffer)[] }>((resolve, reject) => {
    const messages: (string | Buffer)[] = []
    client.on('message', (data: Buffer, isBinary) => {
      messages.push(isBinary ? data : data.toString())
      if (messages.length < count) return
      resolve({ protocol: client.protocol, messages })
      client.terminate()
    })
    client.on('error', reject)
    client.on('unexpected-response', (_request, { statusCode }) => reject(new Error(`answered ${statusCode}`)))
  })
}

test('a browser watches with its token among the protocols: one message an event', async () => {
  await cluster.ask({ method: 'POST', path: MAPS, body: { metadata: { name: 'one' } } })
  await cluster.ask({ method: 'POST', path: MAPS, body: { metadata: { name: 'two' } } })
  const { protocol, messages } = await firstMessages(
    `${MAPS}?watch=true`,
    [tokenProtocol('admin-token'), 'base64.binary.k8s.io'],
    2,
  )
  assert.equal(protocol, 'base64.binary.k8s.io')
  const events = messages.map((message) => JSON.parse(String(message)))
  assert.deepEqual(
    events.map(({ type, object }) => `${type} ${object.metadata.name}`),
    ['ADDED one', 'ADDED two'],
  )
})

test('events in protobuf are messages without their lengths', async () => {
  const type = 'application/vnd.kubernetes.protobuf;stream=watch'
  const { messages } = await firstMessages(`${MAPS}?watch=true`, [tokenProtocol('admin-token'), 'x'], 1, type)
  assert.ok(Buffer.isBuffer(messages[0]))
  assert.match(messages[0].toString('latin1'), /^\n\x05ADDED/)
})

test('a log comes as bytes behind an empty message, or as their base64', async () => {
  const pod = { metadata: { name: 'p' }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } }
  const node = { metadata: { name: 'n' }, status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }] } }
  await cluster.ask({ method: 'POST', path: '/api/v1/nodes', body: node })
  await cluster.ask({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts',
    body: { metadata: { name: 'default' } },
  })
  const made = await cluster.ask({ method: 'POST', path: '/api/v1/namespaces/default/pods', body: pod })
  assert.equal(made.status, 201, made.text)
  const log = '/api/v1/namespaces/default/pods/p/log'
  const read = (form: string) => firstMessages(log, [tokenProtocol('admin-token'), form], 2)
  assert.deepEqual((await read('binary.k8s.io')).messages, [Buffer.alloc(0), Buffer.from('hello\n')])
  assert.deepEqual((await read('base64.binary.k8s.io')).messages, ['', Buffer.from('hello\n').toString('base64')])
})

test('a wrong token, or one with no protocol beside it, is refused before anything is opened', async () => {
  const watch = (...protocols: string[]) => firstMessages(`${MAPS}?watch=true`, protocols, 1)
  await assert.rejects(watch(tokenProtocol('nobody'), 'x'), { message: 'answered 401' })
  await assert.rejects(watch(tokenProtocol('admin-token')), { message: 'answered 401' })
})
