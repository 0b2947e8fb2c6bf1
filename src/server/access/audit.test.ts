import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'
import type { AuditEvent } from './audit.ts'

const lines: AuditEvent[] = []
let cluster: TestServer
before(async () => {
  cluster = await startTestServer({ audit: (event) => lines.push(event) })
})
beforeEach(() => {
  lines.length = 0
})
after(() => cluster.stop())

const SECRETS = '/api/v1/namespaces/default/secrets'
const told = () => lines.map(({ verb, requestURI, responseStatus }) => [verb, requestURI, responseStatus.code])

test('a change is written down with who made it, and without what is in it', async () => {
  const body = { metadata: { name: 'db' }, stringData: { password: 'hunter2' } }
  await cluster.ask({ method: 'POST', path: SECRETS, body })
  const [event] = lines
  assert.deepEqual(told(), [['create', SECRETS, 201]])
  assert.deepEqual(event?.user, { username: 'admin', groups: ['system:masters', 'system:authenticated'] })
  assert.deepEqual(event?.objectRef, { resource: 'secrets', namespace: 'default', apiVersion: 'v1' })
  assert.ok(!JSON.stringify(lines).includes('hunter2'))
})

test('reads of secrets and refusals are written down, other reads are not', async () => {
  await cluster.ask({ path: '/api/v1/namespaces/default/configmaps' })
  await cluster.ask({ path: `${SECRETS}?limit=1` })
  await cluster.ask({ path: '/api/v1/nodes', token: 'ann-token' })
  await cluster.ask({ path: '/api/v1/nodes', token: 'wrong' })
  assert.deepEqual(told(), [
    ['list', `${SECRETS}?limit=1`, 200],
    ['list', '/api/v1/nodes', 403],
    ['list', '/api/v1/nodes', 401],
  ])
})

test('a command for a container is not written down, the way to it is', async () => {
  const path = '/api/v1/namespaces/default/pods/p/exec'
  await cluster.ask({ path: `${path}?command=mysql&command=-phunter2` })
  assert.deepEqual(told(), [['get', path, 404]])
})

test('who acts in the name of somebody else is named too', async () => {
  const headers = { 'impersonate-user': 'ann' }
  await cluster.ask({ method: 'DELETE', path: `${SECRETS}/db`, headers })
  assert.deepEqual(lines[0]?.impersonatedUser, { username: 'ann', groups: ['system:authenticated'] })
  assert.match(JSON.stringify(lines[0]?.user), /^\{"username":"admin"/)
})
