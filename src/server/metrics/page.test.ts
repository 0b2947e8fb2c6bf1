import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const page = async () => (await server.ask({ path: '/metrics' })).text
const numberOf = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const requests = (verb: string, resource: string, code: number) =>
  `apiserver_request_total{verb="${verb}",group="",version="v1",resource="${resource}",subresource="",code="${code}"}`

test('requests are counted by what they asked for and how they were answered', async () => {
  await server.ask({ method: 'POST', path: CONFIG_MAPS, body: { metadata: { name: 'a' } } })
  await server.ask({ method: 'POST', path: CONFIG_MAPS, body: { metadata: { name: 'a' } } })
  await server.ask({ path: CONFIG_MAPS })
  await server.ask({ path: `${CONFIG_MAPS}/b` })
  await server.ask({ path: CONFIG_MAPS, token: 'ann-token' })
  const text = await page()
  const counts = [
    numberOf(text, requests('POST', 'configmaps', 201)),
    numberOf(text, requests('POST', 'configmaps', 409)),
    numberOf(text, requests('LIST', 'configmaps', 200)),
    numberOf(text, requests('GET', 'configmaps', 404)),
    numberOf(text, requests('LIST', 'configmaps', 403)),
  ]
  assert.deepEqual(counts, [1, 1, 1, 1, 1])
  assert.equal(numberOf(text, 'apiserver_request_duration_seconds_count{verb="POST"}'), 2)
  assert.equal(numberOf(text, 'apiserver_request_duration_seconds_bucket{verb="POST",le="+Inf"}'), 2)
  assert.equal(numberOf(text, 'apiserver_current_inflight_requests{request_kind="readOnly"}'), 1)
})

test('nobody makes up names that are kept', async () => {
  const before = (await page()).split('\n').length
  for (let serial = 0; serial < 20; serial++) {
    await server.ask({ path: `/api/v1/namespaces/default/thing${serial}` })
    await server.ask({ path: `/apis/made.up/v${serial}/things` })
    await server.ask({ path: `${CONFIG_MAPS}/a/part${serial}` })
  }
  const now = await page()
  assert.ok(now.split('\n').length <= before + 3, now)
  assert.ok(!now.includes('thing1') && !now.includes('made.up') && !now.includes('part1'))
})

test('open watches and stored objects', async () => {
  const watches = 'berth_watches{resource="configmaps"}'
  assert.equal(numberOf(await page(), watches), undefined)
  const watch = await server.watch(`${CONFIG_MAPS}?watch=true`)
  const open = await page()
  assert.equal(numberOf(open, watches), 1)
  assert.ok((numberOf(open, 'apiserver_resource_objects{resource="configmaps"}') ?? 0) >= 1)
  watch.stop()
  await server.ask({ path: CONFIG_MAPS })
  assert.equal(numberOf(await page(), watches), undefined)
  assert.equal(numberOf(open, 'berth_store_pending_revisions'), 0)
})

test('only those may read it who are allowed to', async () => {
  const refused = await server.ask({ path: '/metrics', token: 'ann-token' })
  assert.equal(refused.json.message, 'forbidden: User "ann" cannot get path "/metrics"')
  await server.ask({
    method: 'POST',
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    body: {
      metadata: { name: 'ann-monitors' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:monitoring' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
    },
  })
  assert.equal((await server.ask({ path: '/metrics', token: 'ann-token' })).status, 200)
})
