import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  cluster.ask({ method, path, headers })

test('every answer is named, also by the name that its client chose, and nobody may keep it', async () => {
  for (const path of ['/version', '/api/v1/pods', '/nope', '/api/v1/nope']) {
    const { headers } = await ask('GET', path)
    assert.match(String(headers['audit-id']), /^[0-9a-f-]{36}$/)
    assert.equal(headers['cache-control'], 'no-cache, private')
  }
  assert.equal((await ask('GET', '/version', { 'audit-id': 'mine' })).headers['audit-id'], 'mine')
})

test('HEAD means nothing where there are resources, and reads where there are none', async () => {
  for (const path of ['/api', '/api/v1', '/api/v1/pods', '/version'])
    assert.equal((await ask('HEAD', path)).status, 405)
  for (const path of ['/healthz', '/apis', '/apis/apps', '/']) assert.equal((await ask('HEAD', path)).status, 200)
})

test('what is missing below a service is a Status, elsewhere a page', async () => {
  for (const path of ['/version/x', '/api/v2', '/apis/apps/v2', '/api/v1/nope', '/api/v1//pods']) {
    assert.equal((await ask('GET', path)).json?.reason, 'NotFound', path)
  }
  for (const path of ['/nope', '/apis/nope/v1', '//api/v1/pods', '/healthz/', '/livez/nope', '/metrics/']) {
    const { status, text } = await ask('GET', path)
    assert.deepEqual([status, text], [404, '404 page not found\n'], path)
  }
})

test('a path is decoded before it is parted: no name holds a slash', async () => {
  const { status, json } = await ask('GET', '/api/v1/namespaces/default/pods/a%2Fb')
  assert.deepEqual([status, json.message], [404, 'the server could not find the requested resource'])
  assert.equal((await ask('GET', '/api/v1/namespaces/default/p%6fds')).status, 200)
  assert.equal((await ask('GET', '/api/v1/namespaces/default/pods/%zz')).status, 400)
})

test('health: single checks, exclusions, and what cannot be excluded', async () => {
  assert.equal((await ask('GET', '/livez/etcd')).text, 'ok')
  assert.equal((await ask('GET', '/readyz?verbose')).text, '[+]ping ok\n[+]etcd ok\nreadyz check passed\n')
  assert.equal(
    (await ask('GET', '/healthz?verbose&exclude=etcd&exclude=nope')).text,
    '[+]ping ok\n[+]etcd excluded: ok\nwarn: some health checks cannot be excluded: no matches for "nope"\nhealthz check passed\n',
  )
})

test('/ lists what there is', async () => {
  const { paths } = (await ask('GET', '/')).json
  for (const path of ['/api/v1', '/apis/apps/v1', '/healthz/etcd', '/version']) assert.ok(paths.includes(path), path)
})

test('aggregated discovery is known by its ETag', async () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  const { status, headers, json } = await ask('GET', '/apis', { accept })
  assert.deepEqual([status, json.kind, headers['cache-control']], [200, 'APIGroupDiscoveryList', 'public'])
  const again = await ask('GET', '/apis', { accept, 'if-none-match': String(headers['etag']) })
  assert.deepEqual([again.status, again.text], [304, ''])
  const yaml = await ask('GET', '/apis', { accept: accept.replace('json', 'yaml') })
  assert.match(yaml.text, /^apiVersion: apidiscovery/)
})

test('who may do nothing hears so before whether the path exists; parameters of other verbs mean nothing', async () => {
  const path = '/api/v1/namespaces/default/nope/x'
  const { status, json } = await cluster.ask({ path, token: 'ann-token' })
  assert.deepEqual([status, json.reason], [403, 'Forbidden'])
  assert.equal((await ask('GET', '/api/v1/namespaces/default?limit=abc')).status, 200)
  assert.equal((await ask('GET', '/api/v1/namespaces?limit=abc')).status, 400)
})

test('a namespace lies in itself, and a list of one name asks for that name', async () => {
  const refused = async (path: string) => (await cluster.ask({ path, token: 'ann-token' })).json.message
  assert.equal(
    await refused('/api/v1/namespaces/default'),
    'namespaces "default" is forbidden: User "ann" cannot get resource "namespaces" in API group "" in the namespace "default"',
  )
  assert.match(await refused('/api/v1/pods?fieldSelector=metadata.name%3Da'), /^pods "a" is forbidden: .* cannot list/)
})

test('who shows nothing is anonymous and may see health and version; a wrong token is refused', async () => {
  const statusOf = async (path: string, headers = {}) => (await cluster.ask({ path, token: '', headers })).status
  for (const path of ['/healthz', '/livez', '/readyz', '/version', '/version/']) assert.equal(await statusOf(path), 200)
  for (const path of ['/api', '/healthz/etcd', '/openapi/v2', '/metrics', '/api/v1/pods'])
    assert.equal(await statusOf(path), 403)
  assert.equal(await statusOf('/version', { authorization: 'Bearer wrong' }), 401)
  const { json, headers } = await cluster.ask({ path: '/api', token: '' })
  assert.equal(json.message, 'forbidden: User "system:anonymous" cannot get path "/api"')
  assert.equal(headers['x-content-type-options'], 'nosniff')
})

test('a name that could not be part of a path is refused before anything is looked up', async () => {
  const pods = '/api/v1/namespaces/default/pods'
  const refused = async (name: string) => (await ask('GET', `${pods}/${name}`)).json.message
  assert.equal(await refused('%2e%2e'), 'Name parameter invalid: "..": may not be \'..\'')
  assert.equal(await refused('a%25b'), 'Name parameter invalid: "a%b": may not contain \'%\'')
})

test('an object that is no list, asked for as one, is named by its type', async () => {
  const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
  const { status, json } = await ask('GET', '/api/v1/namespaces/default', { accept })
  assert.deepEqual(
    [status, json.message],
    [406, 'you requested PartialObjectMetadataList, but the requested object is not a list (*core.Namespace)'],
  )
})
