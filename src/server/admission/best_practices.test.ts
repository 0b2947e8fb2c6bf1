import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

let server: TestServer
let serial = 0
before(async () => {
  server = await startTestServer({ bestPracticeWarnings: true })
  const path = '/api/v1/namespaces/default/serviceaccounts'
  await server.ask({ method: 'POST', path, body: { metadata: { name: 'default' } } })
})
after(() => server.stop())

const SETS = '/apis/apps/v1/namespaces/default/statefulsets'
const PODS = '/api/v1/namespaces/default/pods'
const probe = { exec: { command: ['true'] } }
const sound = { name: 'db', image: 'mysql:8.3.0', readinessProbe: probe, livenessProbe: probe }

function setOf(change: { container?: object; pod?: object; spec?: object } = {}) {
  const name = `db-${serial++}`
  const { container = {}, pod = {}, spec = {} } = change
  return {
    metadata: { name },
    spec: {
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ ...sound, ...container }], ...pod } },
      ...spec,
    },
  }
}

/** What is said, without its beginning. */
async function said(method: string, path: string, body?: object, patch = 'merge-patch'): Promise<readonly string[]> {
  const headers = method === 'PATCH' ? { 'content-type': `application/${patch}+json` } : {}
  const reply = await server.ask({ method, path, headers, ...(body === undefined ? {} : { body }) })
  assert.ok(reply.status < 300, reply.text)
  return [reply.headers['warning'] ?? []].flat().map((text) => text.replace(/^299 - "best practice: (.*)"$/, '$1'))
}

async function firstWords(method: string, path: string, body?: object): Promise<readonly string[]> {
  return (await said(method, path, body)).map((text) => text.split(': ')[0] ?? '')
}

test('a sound set is made, changed and scaled without a word', async () => {
  const set = setOf({ spec: { replicas: 3, volumeClaimTemplates: [claim] } })
  assert.deepEqual(await said('POST', SETS, set), [])
  assert.deepEqual(await said('PATCH', `${SETS}/${set.metadata.name}`, withImage('mysql:8.10.0')), [])
  assert.deepEqual(await said('PATCH', `${SETS}/${set.metadata.name}/scale`, { spec: { replicas: 1 } }), [])
  assert.deepEqual(await said('DELETE', `${SETS}/${set.metadata.name}`), [])
})

const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}
const withImage = (image: string) => ({ spec: { template: { spec: { containers: [{ ...sound, image }] } } } })

test('what a template should not have', async () => {
  const at = 'spec.template.spec'
  const table: readonly (readonly [Parameters<typeof setOf>[0], readonly string[]])[] = [
    [{ pod: { terminationGracePeriodSeconds: 0 } }, [`${at}.terminationGracePeriodSeconds`]],
    [{ container: { livenessProbe: undefined } }, [`${at}.containers`]],
    [{ container: { readinessProbe: undefined, livenessProbe: undefined } }, [`${at}.containers`]],
    [{ container: { image: 'mysql' } }, [`${at}.containers[db].image`]],
    [{ container: { image: 'mysql:latest' } }, [`${at}.containers[db].image`]],
    [{ pod: { volumes: [{ name: 'data', hostPath: { path: '/srv' } }] } }, [`${at}.volumes[data].hostPath`]],
  ]
  for (const [change, words] of table) assert.deepEqual(await firstWords('POST', SETS, setOf(change)), words)
})

test('it is said when it begins, not with every change after it', async () => {
  const set = setOf({ container: { readinessProbe: undefined } })
  assert.equal((await said('POST', SETS, set)).length, 1)
  const path = `${SETS}/${set.metadata.name}`
  assert.deepEqual(await said('PATCH', path, { metadata: { labels: { a: 'b' } } }), [])
  const begun = await firstWords('PATCH', path, { spec: { template: { spec: { terminationGracePeriodSeconds: 0 } } } })
  assert.deepEqual(begun, ['spec.template.spec.terminationGracePeriodSeconds'])
})

test('a version that goes back under data', async () => {
  const kept = setOf({ spec: { volumeClaimTemplates: [claim] } })
  await said('POST', SETS, kept)
  const path = `${SETS}/${kept.metadata.name}`
  const [text] = await said('PATCH', path, withImage('mysql:8.2'))
  assert.match(text ?? '', /^spec\.template\.spec\.containers\[db\]\.image: from mysql:8\.3\.0 back to mysql:8\.2; /)
  for (const image of ['mysql:8.2.1', 'mysql:8.10-debian', 'mariadb:5.5', 'mysql:debug']) {
    assert.deepEqual(await said('PATCH', path, withImage(image)), [], image)
  }
  const bare = setOf()
  await said('POST', SETS, bare)
  assert.deepEqual(await said('PATCH', `${SETS}/${bare.metadata.name}`, withImage('mysql:5.7')), [])
})

test('a set that is deleted with its pods, and one whose pods stay', async () => {
  const [one, other] = [setOf({ spec: { replicas: 3 } }), setOf({ spec: { replicas: 3 } })]
  await said('POST', SETS, one)
  await said('POST', SETS, other)
  const [text] = await said('DELETE', `${SETS}/${one.metadata.name}`)
  assert.match(text ?? '', /its 3 pods end in no particular order; scale it to 0/)
  const orphan = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' }
  assert.deepEqual(await said('DELETE', `${SETS}/${other.metadata.name}`, orphan), [])
})

test('a pod that joins a set, and one that ends without grace', async () => {
  const set = setOf()
  await said('POST', SETS, set)
  const { labels } = set.spec.template.metadata
  const pod = (more: object, spec: object = {}) => ({
    metadata: { name: `pod-${serial++}`, ...more },
    spec: { containers: [{ name: 'c', image: 'busybox' }], ...spec },
  })
  assert.deepEqual(await said('POST', PODS, pod({})), [])
  assert.deepEqual(await firstWords('POST', PODS, pod({ labels })), ['metadata.labels'])
  const grace = pod({}, { terminationGracePeriodSeconds: 0 })
  assert.deepEqual(await firstWords('POST', PODS, grace), ['spec.terminationGracePeriodSeconds'])
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: set.metadata.name, uid: 'u', controller: true }
  assert.deepEqual(await said('POST', PODS, pod({ labels, ownerReferences: [owner] })), [])
})

test('replicas that an autoscaler sets', async () => {
  const set = setOf()
  const { name } = set.metadata
  await said('POST', SETS, set)
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'StatefulSet', name }
  await said('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
    metadata: { name },
    spec: { scaleTargetRef, maxReplicas: 3 },
  })
  assert.deepEqual(await firstWords('PATCH', `${SETS}/${name}`, { spec: { replicas: 2 } }), ['spec.replicas'])
  assert.deepEqual(await firstWords('PATCH', `${SETS}/${name}/scale`, { spec: { replicas: 3 } }), ['spec.replicas'])
  assert.deepEqual(await said('PATCH', `${SETS}/${name}`, { spec: { replicas: 3 } }), [])
})

test('nobody is advised where it is off, and the cluster itself never', async () => {
  const off = await startTestServer()
  try {
    const set = setOf({ pod: { terminationGracePeriodSeconds: 0 } })
    const reply = await off.ask({ method: 'POST', path: SETS, body: set })
    assert.deepEqual([reply.status, reply.headers['warning']], [201, undefined])
  } finally {
    await off.stop()
  }
  const warningsFor = async (name: string) => {
    const transport = server.server.transport({ name, groups: ['system:masters'] })
    return (await transport.request(creation())).warnings.length
  }
  assert.equal(await warningsFor('system:statefulset-controller'), 0)
  assert.equal(await warningsFor('system:serviceaccount:ci:deployer'), 1)
})

const creation = () =>
  ({
    verb: 'create',
    group: 'apps',
    version: 'v1',
    resource: 'statefulsets',
    namespace: 'default',
    body: setOf({ pod: { terminationGracePeriodSeconds: 0 } }),
    options: {},
  }) as const
