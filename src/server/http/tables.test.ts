import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

/** The row that answers the creation of an object without being stored. */
async function rowOf(path: string, body: object) {
  const { json } = await cluster.ask({ method: 'POST', path: `${path}?dryRun=All`, body, headers: TABLE })
  return json.rows[0]
}

test('the hosts of an ingress fill the cell, rules without one only count', async () => {
  const backend = { service: { name: 's', port: { number: 80 } } }
  const whole = { http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }
  const cell = async (rules: object[]) => {
    const path = '/apis/networking.k8s.io/v1/namespaces/default/ingresses'
    return (await rowOf(path, { metadata: { name: 'a' }, spec: { rules } })).cells[2]
  }
  const hosts = ['a.b', 'c.d', 'e.f', 'g.h'].map((host) => ({ host }))
  assert.equal(await cell([whole]), '*')
  assert.equal(await cell([whole, ...hosts.slice(0, 3)]), 'a.b,c.d,e.f')
  assert.equal(await cell([...hosts.slice(0, 2), whole, ...hosts.slice(2)]), 'a.b,c.d,e.f + 2 more...')
})

test('subsets without ready addresses show nothing, no subsets show that there are none', async () => {
  const cell = async (subsets: object[]) =>
    (await rowOf('/api/v1/namespaces/default/endpoints', { metadata: { name: 'a' }, subsets })).cells[1]
  assert.equal(await cell([]), '<none>')
  assert.equal(await cell([{ notReadyAddresses: [{ ip: '10.9.9.9' }], ports: [{ port: 80 }] }]), '')
})

test('an autoscaler of the first version shows its one target', async () => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
  const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 60 }
  const path = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
  assert.equal((await rowOf(path, { metadata: { name: 'a' }, spec })).cells[2], 'cpu: <unknown>/60%')
})

test('the row of a pod that has ended says so', async () => {
  const pods = '/api/v1/namespaces/default/pods'
  await cluster.ask({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts',
    body: { metadata: { name: 'default' } },
  })
  const spec = { containers: [{ name: 'c', image: 'i' }] }
  await cluster.ask({ method: 'POST', path: pods, body: { metadata: { name: 'ended' }, spec } })
  const headers = { ...TABLE, 'content-type': 'application/merge-patch+json' }
  const body = { status: { phase: 'Failed' } }
  const { json } = await cluster.ask({ method: 'PATCH', path: `${pods}/ended/status`, body, headers })
  const [condition] = json.rows[0].conditions
  assert.deepEqual([condition.type, condition.reason], ['Completed', 'Failed'])
})

test('what has no page is not found by any method, and an empty namespace is none to write to', async () => {
  const statusOf = async (method: string, path: string) => (await cluster.ask({ method, path })).status
  assert.deepEqual([await statusOf('POST', '/none'), await statusOf('POST', '/version')], [404, 405])
  assert.equal(await statusOf('DELETE', '/api/v1/namespaces//configmaps'), 400)
})
