import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from './testing/test_server.ts'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

const MAPS = '/api/v1/namespaces/default/configmaps'
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const APPLY = { 'content-type': 'application/apply-patch+yaml' }
const MERGE = { 'content-type': 'application/merge-patch+json' }

const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    ...spec,
  },
})

test('an empty list is owned where it is written, and an empty list of managed fields resets them', async () => {
  const body = { metadata: { name: 'empty' }, addressType: 'IPv4', endpoints: [], ports: [] }
  const { json } = await cluster.ask({ method: 'POST', path: `${SLICES}?fieldManager=m`, body })
  const [entry] = json.metadata.managedFields
  assert.deepEqual(entry.fieldsV1, { 'f:addressType': {}, 'f:endpoints': {}, 'f:ports': {} })
  assert.equal(json.endpoints, null)
  const reset = { metadata: { managedFields: [] } }
  const after = await cluster.ask({ method: 'PATCH', path: `${SLICES}/empty`, headers: MERGE, body: reset })
  assert.equal('managedFields' in after.json.metadata, false)
})

test('a refusal shows the empty maps that were sent, and a selector without them', async () => {
  const body = deployment('d', {
    selector: { matchLabels: {} },
    template: { metadata: { labels: {} }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  })
  const { json } = await cluster.ask({ method: 'POST', path: DEPLOYMENTS, body })
  const told = json.details.causes.map(({ message }: { message: string }) => message)
  assert.deepEqual(told, ['Invalid value: {}: empty selector is invalid for deployment'])
  const wrong = deployment('d', { template: { metadata: { labels: {} }, spec: body.spec.template.spec } })
  const refused = await cluster.ask({ method: 'POST', path: DEPLOYMENTS, body: wrong })
  assert.match(refused.json.message, /spec\.template\.metadata\.labels: Invalid value: \{\}: `selector` does not match/)
})

test('a write to the status owns the labels that it changes, and nothing of the spec', async () => {
  await cluster.ask({ method: 'POST', path: `${DEPLOYMENTS}?fieldManager=m`, body: deployment('status') })
  const body = { metadata: { annotations: { x: 'y' } }, spec: { replicas: 7 }, status: { observedGeneration: 1 } }
  const path = `${DEPLOYMENTS}/status/status?fieldManager=s`
  const { json } = await cluster.ask({ method: 'PATCH', path, headers: MERGE, body })
  const entry = json.metadata.managedFields.find(({ manager }: { manager: string }) => manager === 's')
  assert.deepEqual(entry.fieldsV1, {
    'f:metadata': { 'f:annotations': { '.': {}, 'f:x': {} } },
    'f:status': { 'f:observedGeneration': {} },
  })
  assert.equal(json.spec.replicas, 1)
})

test('an applied Scale conflicts with who owns the replicas, and force takes only those', async () => {
  const path = `${DEPLOYMENTS}/scaled`
  await cluster.ask({
    method: 'PATCH',
    path: `${path}?fieldManager=m`,
    headers: APPLY,
    body: deployment('scaled', { replicas: 1 }),
  })
  const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'scaled' }, spec: { replicas: 2 } }
  const apply = (query: string) =>
    cluster.ask({ method: 'PATCH', path: `${path}/scale?fieldManager=s${query}`, headers: APPLY, body: scale })
  assert.equal((await apply('')).status, 409)
  assert.equal((await apply('&force=true')).json.spec.replicas, 2)
  const { json } = await cluster.ask({ path })
  const owns = (name: string) =>
    json.metadata.managedFields.find(({ manager }: { manager: string }) => manager === name).fieldsV1['f:spec']
  assert.deepEqual(owns('s'), { 'f:replicas': {} })
  assert.equal('f:replicas' in owns('m'), false)
})

test('a key that stands twice in an applied text warns, and refuses under strictness', async () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twice}\ndata: {a: x, a: z}\n'
  const path = `${MAPS}/twice?fieldManager=m`
  const strict = await cluster.ask({ method: 'PATCH', path: `${path}&fieldValidation=Strict`, headers: APPLY, body })
  assert.match(strict.json.message, /^error strict decoding YAML: .*\n {2}line 4: key "a" already set in map$/)
  const warned = await cluster.ask({ method: 'PATCH', path, headers: APPLY, body })
  assert.equal(warned.status, 201)
  assert.match(String(warned.headers['warning']), /line 4: key \\"a\\" already set in map/)
})

test('the key __proto__ survives a write', async () => {
  const body = JSON.parse('{"metadata":{"name":"proto"},"data":{"__proto__":"x","constructor":"y"}}')
  await cluster.ask({ method: 'POST', path: MAPS, body })
  const { json } = await cluster.ask({
    method: 'PUT',
    path: `${MAPS}/proto`,
    body: { ...body, metadata: { name: 'proto' } },
  })
  assert.deepEqual(Object.keys(json.data), ['__proto__', 'constructor'])
})
