import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => server.stop())

const make = (path: string, body: object) => server.ask({ method: 'POST', path, body })
async function namespace(name: string, labels: object = {}): Promise<void> {
  await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
  await account(name, 'default')
}
const account = (of: string, name: string, more: object = {}, annotations: object = {}) =>
  make(`/api/v1/namespaces/${of}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, annotations },
    ...more,
  })
const pod = (of: string, spec: object, metadata: object = { name: 'p' }) =>
  make(`/api/v1/namespaces/${of}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{ name: 'a', image: 'i' }], ...spec },
  })
const warningsOf = ({ headers }: { headers: Readonly<Record<string, string | readonly string[]>> }) =>
  String(headers['warning'] ?? '')

test('a namespace refuses pods below its level, and warns of workloads', async () => {
  await namespace('strict', { 'pod-security.kubernetes.io/enforce': 'baseline' })
  const refused = await pod('strict', { hostPID: true })
  assert.equal(refused.status, 403)
  assert.equal(
    refused.json.message,
    'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)',
  )
  assert.equal((await pod('strict', {})).status, 201)
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { hostPID: true, containers: [{ name: 'a', image: 'i' }] },
  }
  const workload = await make('/apis/apps/v1/namespaces/strict/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  })
  assert.equal(workload.status, 201)
  assert.match(warningsOf(workload), /would violate PodSecurity \\"baseline:latest\\": host namespaces/)
})

test('a stricter level tells which pods are below it', async () => {
  await namespace('lax')
  for (const name of ['two', 'one']) await pod('lax', { hostPID: true }, { name })
  const stricter = await server.ask({
    method: 'PATCH',
    path: '/api/v1/namespaces/lax',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
  })
  assert.equal(stricter.status, 200)
  assert.match(warningsOf(stricter), /one \(and 1 other pod\): host namespaces/)
})

test('a runtime class adds its overhead and its place, and must be there', async () => {
  await namespace('runtime')
  const missing = await pod('runtime', { runtimeClassName: 'none', containers: [] })
  assert.deepEqual(
    [missing.status, missing.json.message],
    [403, 'pods "p" is forbidden: pod rejected: RuntimeClass "none" not found'],
  )
  await make('/apis/node.k8s.io/v1/runtimeclasses', {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'vm' },
    handler: 'vm',
    overhead: { podFixed: { cpu: '100m' } },
    scheduling: { nodeSelector: { vm: 'yes' } },
  })
  const { json } = await pod('runtime', { runtimeClassName: 'vm' })
  assert.deepEqual([json.spec.overhead, json.spec.nodeSelector], [{ cpu: '100m' }, { vm: 'yes' }])
  assert.match(
    (await pod('runtime', { overhead: { cpu: '1' } }, { name: 'q' })).json.message,
    /Overhead set without corresponding/,
  )
  assert.match(
    (await pod('runtime', { runtimeClassName: 'vm', nodeSelector: { vm: 'no' } }, { name: 'q' })).json.message,
    /conflict: runtimeClass/,
  )
})

test('an account that lists its secrets refuses pods with others', async () => {
  await namespace('secrets')
  await account(
    'secrets',
    'strict',
    { secrets: [{ name: 'mine' }] },
    { 'kubernetes.io/enforce-mountable-secrets': 'true' },
  )
  const volumes = (secretName: string) => [{ name: 's', secret: { secretName } }]
  const refused = await pod('secrets', { serviceAccountName: 'strict', volumes: volumes('other') })
  assert.equal(
    refused.json.message,
    'pods "p" is forbidden: volume with secret.secretName="other" is not allowed because service account strict does not reference that secret',
  )
  assert.equal((await pod('secrets', { serviceAccountName: 'strict', volumes: volumes('mine') })).status, 201)
})

test('the ratio of limit to request is bounded, and equal faults are told once', async () => {
  await namespace('ratio')
  await make('/api/v1/namespaces/ratio/limitranges', {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'l' },
    spec: { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '2' } }] },
  })
  const resources = { requests: { cpu: '100m' }, limits: { cpu: '1' } }
  const two = ['a', 'b'].map((name) => ({ name, image: 'i', resources }))
  assert.equal(
    (await pod('ratio', { containers: two }, { name: 'g' })).json.message,
    'pods "g" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 10.000000'.replace(
      'g-"',
      'g-"',
    ),
  )
})
