import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

/** A namespace whose quota has been counted, as its controller would have done. */
async function limited(name: string, hard: Readonly<Record<string, string>>, scopes?: string[]): Promise<string> {
  await cluster.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } })
  const space = `/api/v1/namespaces/${name}`
  await cluster.ask({
    method: 'POST',
    path: `${space}/resourcequotas`,
    body: { metadata: { name: 'q' }, spec: { hard, scopes } },
  })
  const used = Object.fromEntries(Object.keys(hard).map((one) => [one, '0']))
  await cluster.ask({
    method: 'PATCH',
    path: `${space}/resourcequotas/q/status`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { hard, used } },
  })
  return space
}

const usedIn = async (space: string) => (await cluster.ask({ path: `${space}/resourcequotas/q` })).json.status.used

test('of many that come at once only as many are let in as there is room for', async () => {
  const space = await limited('crowd', { 'count/configmaps': '3' })
  const make = (_: unknown, index: number) =>
    cluster.ask({ method: 'POST', path: `${space}/configmaps`, body: { metadata: { name: `m-${index}` } } })
  const answers = await Promise.all(Array.from({ length: 10 }, make))
  assert.equal(answers.filter(({ status }) => status === 201).length, 3)
  assert.equal(answers.filter(({ status }) => status === 403).length, 7)
  assert.deepEqual(await usedIn(space), { 'count/configmaps': '3' })
})

test('what is refused for another reason, or only tried out, uses nothing', async () => {
  const space = await limited('tried', { 'count/configmaps': '5' })
  const body = { metadata: { name: 'one' } }
  const path = `${space}/configmaps`
  await cluster.ask({ method: 'POST', path: `${path}?dryRun=All`, body })
  assert.equal((await cluster.ask({ method: 'POST', path, body })).status, 201)
  assert.equal((await cluster.ask({ method: 'POST', path, body })).status, 409)
  assert.equal((await cluster.ask({ method: 'POST', path, body: { metadata: { name: 'Not_A_Name' } } })).status, 422)
  assert.deepEqual(await usedIn(space), { 'count/configmaps': '1' })
})

test('a claim that grows is charged with what it grew by', async () => {
  const space = await limited('claims', { 'requests.storage': '3Gi' })
  const claim = (storage: string) => ({
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  })
  const made = await cluster.ask({ method: 'POST', path: `${space}/persistentvolumeclaims`, body: claim('2Gi') })
  assert.equal(made.status, 201)
  const tooMuch = { ...claim('2Gi'), metadata: { name: 'd' } }
  const refused = await cluster.ask({ method: 'POST', path: `${space}/persistentvolumeclaims`, body: tooMuch })
  assert.match(
    refused.json.message,
    /exceeded quota: q, requested: requests\.storage=2Gi, used: requests\.storage=2Gi, limited: requests\.storage=3Gi$/,
  )
})

test('a pod that comes into a scope by a change is charged there with all that it uses', async () => {
  const space = await limited('scoped', { pods: '1' }, ['Terminating'])
  const pod = (name: string, activeDeadlineSeconds?: number) => ({
    metadata: { name },
    spec: { activeDeadlineSeconds, containers: [{ name: 'c', image: 'i:1' }] },
  })
  const create = (body: object) => cluster.ask({ method: 'POST', path: `${space}/pods`, body })
  await cluster.ask({ method: 'POST', path: `${space}/serviceaccounts`, body: { metadata: { name: 'default' } } })
  assert.equal((await create(pod('a'))).status, 201)
  assert.deepEqual(await usedIn(space), { pods: '0' })
  const changed = await cluster.ask({
    method: 'PATCH',
    path: `${space}/pods/a`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { spec: { activeDeadlineSeconds: 600 } },
  })
  assert.equal(changed.status, 200)
  assert.deepEqual(await usedIn(space), { pods: '1' })
  assert.equal((await create(pod('b', 600))).status, 403)
  assert.equal((await create(pod('b'))).status, 201)
})
