import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from './testing/test_server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => server.stop())

const SERVICES = '/api/v1/namespaces/default/services'
const make = (name: string, spec: object, query = '') =>
  server.ask({
    method: 'POST',
    path: `${SERVICES}${query}`,
    body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec },
  })

test('one port of several protocols has one number on the nodes', async () => {
  const ports = [
    { name: 'tcp', port: 53 },
    { name: 'udp', port: 53, protocol: 'UDP' },
    { name: 'other', port: 80 },
  ]
  const { json } = await make('dns', { type: 'NodePort', ports })
  const [tcp, udp, other] = json.spec.ports.map(({ nodePort }: { nodePort: number }) => nodePort)
  assert.equal(udp, tcp)
  assert.notEqual(other, tcp)
})

test('a dry run looks at fewer things, and keeps nothing', async () => {
  const ports = [{ port: 80, nodePort: 80 }]
  assert.equal((await make('low', { type: 'NodePort', ports })).status, 422)
  assert.equal((await make('low', { type: 'NodePort', ports }, '?dryRun=All')).status, 201)
  const outside = { clusterIP: '192.0.2.1', ports: [{ port: 80 }] }
  assert.match((await make('far', outside, '?dryRun=All')).json.message, /The range of valid IPs is/)
  assert.match((await make('far', outside)).json.message, /does not match the current range/)
})
