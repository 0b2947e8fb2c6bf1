import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'
import type { ProxiedRequest, ProxyDestination } from './proxy_port.ts'

/** What the server makes of a request to a proxy; who carries it is told in `host/streaming`. */

const carried: { destination: ProxyDestination; request: ProxiedRequest }[] = []
let answerHeaders: Record<string, string> = {}
let tested: TestServer
const pods = '/api/v1/namespaces/default/pods'

before(async () => {
  tested = await startTestServer({
    proxy: {
      async request(destination, request) {
        carried.push({ destination, request })
        return { status: 200, headers: answerHeaders, body: [] }
      },
      upgrade: async () => undefined,
    },
  })
  await tested.ask({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts',
    body: { metadata: { name: 'default' } },
  })
  const spec = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 8080 }] }] }
  await tested.ask({ method: 'POST', path: pods, body: { metadata: { name: 'p' }, spec: { ...spec, nodeName: 'n' } } })
  await address('10.244.0.9')
})
after(() => tested.stop())

const address = (ip: string) =>
  tested.ask({
    method: 'PATCH',
    path: `${pods}/p/status`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { podIP: ip, podIPs: [{ ip }] } },
  })

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  carried.length = 0
  const reply = await tested.ask({ path, headers, method })
  return { ...reply, ...carried[0] }
}

test('path and query go on as they are, credentials do not', async () => {
  const headers = { 'x-own': '1', 'x-berth-request': 'x', connection: 'close', host: 'api:6443' }
  const { destination, request } = await ask(`${pods}/p/proxy/a%2Fb//c/?d=%20&limit=many`, headers, 'PUT')
  assert.deepEqual(destination, { type: 'address', node: 'n', scheme: 'http', host: '10.244.0.9', port: '8080' })
  assert.equal(request?.path, '/a%2Fb//c/?d=%20&limit=many')
  assert.equal(request?.method, 'PUT')
  assert.deepEqual(request?.headers, {
    'x-own': '1',
    host: 'api:6443',
    'x-forwarded-uri': `${pods}/p/proxy/a%2Fb//c/`,
  })
})

test('scheme and port stand in the name', async () => {
  const { destination } = await ask(`${pods}/https:p:8443/proxy/`)
  assert.deepEqual(destination, { type: 'address', node: 'n', scheme: 'https', host: '10.244.0.9', port: '8443' })
  const { status, json } = await ask(`${pods}/ftp:p:21/proxy/`)
  assert.deepEqual([status, json.message], [400, 'invalid pod request "ftp:p:21"'])
})

test('without a slash a reader is sent to the root; redirections lead back through the proxy', async () => {
  const { status, headers } = await ask(`${pods}/p/proxy?a=b`)
  assert.deepEqual([status, headers['location']], [301, `${pods}/p/proxy/?a=b`])
  for (const [told, shown] of [
    ['/next?x=1', `${pods}/p/proxy/next?x=1`],
    ['http://10.244.0.9:8080/next', `${pods}/p/proxy/next`],
    ['https://elsewhere.example/next', 'https://elsewhere.example/next'],
    ['next', 'next'],
    [`${pods}/p/proxy/next`, `${pods}/p/proxy/next`],
  ] as const) {
    answerHeaders = { location: told, 'access-control-allow-origin': '*' }
    const { 'audit-id': _, 'cache-control': caching, ...headers } = (await ask(`${pods}/p/proxy/`)).headers
    assert.deepEqual([headers, caching], [{ location: shown }, 'no-cache, private'])
  }
  answerHeaders = {}
})

test('endpoints that are no pods of the service are not connected to', async () => {
  const at = '/api/v1/namespaces/default'
  await tested.ask({
    method: 'POST',
    path: `${at}/services`,
    body: { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
  })
  const write = (method: string, path: string, address: object) =>
    tested.ask({
      method,
      path,
      body: { metadata: { name: 's' }, subsets: [{ addresses: [address], ports: [{ port: 8080 }] }] },
    })
  await write('POST', `${at}/endpoints`, { ip: '10.0.0.1' })
  const none = await ask(`${at}/services/s:80/proxy/`)
  assert.deepEqual([none.status, none.json.message], [503, 'no endpoints available for service "s:80"'])
  const targetRef = { kind: 'Pod', namespace: 'default', name: 'p' }
  await write('PUT', `${at}/endpoints/s`, { ip: '10.0.0.1', targetRef })
  assert.equal((await ask(`${at}/services/s/proxy/`)).status, 503)
  await write('PUT', `${at}/endpoints/s`, { ip: '10.244.0.9', targetRef })
  assert.equal((await ask(`${at}/services/s/proxy/`)).destination?.node, 'n')
  const { json } = await ask(`${at}/services/s:81/proxy/`)
  assert.equal(json.message, 'no service port 81 found for service "s"')
})

test('the right to the proxy is asked for, and addresses of the machine itself are refused', async () => {
  const { status } = await tested.ask({ path: `${pods}/p/proxy/`, token: 'ann-token' })
  assert.equal(status, 403)
  await address('127.0.0.1')
  const { json } = await ask(`${pods}/p/proxy/`)
  assert.equal(json.message, 'address not allowed')
})
