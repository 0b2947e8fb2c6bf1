import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from './testing/test_server.ts'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

const MAPS = '/api/v1/namespaces/default/configmaps'
const JSON_MERGE = { 'content-type': 'application/merge-patch+json' }
const make = (name: string, data: object = {}) =>
  cluster.ask({ method: 'POST', path: MAPS, body: { metadata: { name }, data } })

test('two writers of one version: one wins, the other is told of the conflict', async () => {
  const { json } = await make('race', { x: '0' })
  const put = (x: string) => cluster.ask({ method: 'PUT', path: `${MAPS}/race`, body: { ...json, data: { x } } })
  const answers = await Promise.all([put('1'), put('2')])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
})

test('patches without a version are all kept, however many come at once', async () => {
  await make('many')
  const patch = (key: string) =>
    cluster.ask({ method: 'PATCH', path: `${MAPS}/many`, headers: JSON_MERGE, body: { data: { [key]: 'v' } } })
  await Promise.all(['a', 'b', 'c', 'd'].map(patch))
  const { json } = await cluster.ask({ path: `${MAPS}/many` })
  assert.deepEqual(Object.keys(json.data).sort(), ['a', 'b', 'c', 'd'])
})

test('a list is made of the stored bytes, without the type of each item', async () => {
  await make('listed')
  const { json } = await cluster.ask({ path: `${MAPS}?fieldSelector=metadata.name=listed` })
  assert.equal(json.kind, 'ConfigMapList')
  assert.deepEqual(Object.keys(json.items[0]), ['metadata'])
})

test('pages of a list show one snapshot, whatever is written between them', async () => {
  for (const name of ['p-1', 'p-2', 'p-3']) await make(name)
  const first = await cluster.ask({ path: `${MAPS}?limit=1` })
  await make('p-0')
  const rest = await cluster.ask({ path: `${MAPS}?limit=100&continue=${first.json.metadata.continue}` })
  assert.ok(!rest.text.includes('"p-0"'))
  assert.equal(rest.json.metadata.resourceVersion, first.json.metadata.resourceVersion)
})

test('a watch tells changes of a selection as they appear to it', async () => {
  const { json } = await make('seen')
  const watch = await cluster.watch(
    `${MAPS}?watch=true&labelSelector=on%3Dyes&resourceVersion=${json.metadata.resourceVersion}`,
  )
  const label = (on: string) =>
    cluster.ask({ method: 'PATCH', path: `${MAPS}/seen`, headers: JSON_MERGE, body: { metadata: { labels: { on } } } })
  await label('yes')
  await label('no')
  await new Promise((resolve) => setImmediate(resolve))
  watch.stop()
  const events = watch.lines.map((line) => JSON.parse(line))
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ADDED', 'DELETED'],
  )
  assert.equal(events[1].object.metadata.labels.on, 'yes')
})

test('an object with a finalizer stays until it is taken away', async () => {
  await cluster.ask({
    method: 'POST',
    path: MAPS,
    body: { metadata: { name: 'held', finalizers: ['example.com/hold'] } },
  })
  const deleted = await cluster.ask({ method: 'DELETE', path: `${MAPS}/held` })
  assert.ok(deleted.json.metadata.deletionTimestamp)
  await cluster.ask({
    method: 'PATCH',
    path: `${MAPS}/held`,
    headers: JSON_MERGE,
    body: { metadata: { finalizers: null } },
  })
  assert.equal((await cluster.ask({ path: `${MAPS}/held` })).status, 404)
})

test('no two services get one address', async () => {
  const service = (name: string) =>
    cluster.ask({
      method: 'POST',
      path: '/api/v1/namespaces/default/services',
      body: { metadata: { name }, spec: { ports: [{ port: 80 }] } },
    })
  const answers = await Promise.all(['s1', 's2', 's3', 's4'].map(service))
  assert.equal(new Set(answers.map(({ json }) => json.spec.clusterIP)).size, 4)
  const taken = answers[0]?.json.spec.clusterIP
  const again = await cluster.ask({
    method: 'POST',
    path: '/api/v1/namespaces/default/services',
    body: { metadata: { name: 's5' }, spec: { clusterIP: taken, ports: [{ port: 80 }] } },
  })
  assert.match(again.json.message, /provided IP is already allocated/)
})

test('whoever has no right is told so, and whoever has no name is let in nowhere', async () => {
  const refused = await cluster.ask({ path: MAPS, token: 'ann-token' })
  assert.equal(refused.status, 403)
  assert.match(
    refused.json.message,
    /User "ann" cannot list resource "configmaps" in API group "" in the namespace "default"/,
  )
  const nobody = await cluster.ask({ path: MAPS, token: '' })
  assert.equal(nobody.status, 403)
  assert.match(nobody.json.message, /^configmaps is forbidden: User "system:anonymous" cannot list/)
  assert.equal((await cluster.ask({ path: MAPS, token: 'wrong' })).status, 401)
  assert.equal((await cluster.ask({ path: '/readyz', token: '' })).status, 200)
})

test('to run a command takes the right to create, whatever method asks', async () => {
  const path = '/api/v1/namespaces/default/pods/p/exec?command=id'
  const first = await cluster.ask({ path, token: 'ann-token' })
  assert.equal(first.status, 403)
  assert.match(first.json.message, /cannot get resource "pods\/exec"/)
  const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
  const rules = [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get'] }]
  await cluster.ask({ method: 'POST', path: `${roles}/roles`, body: { metadata: { name: 'looker' }, rules } })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'looker' }
  const subjects = [{ kind: 'User', name: 'ann' }]
  const binding = { metadata: { name: 'looker' }, roleRef, subjects }
  await cluster.ask({ method: 'POST', path: `${roles}/rolebindings`, body: binding })
  const { status, json } = await cluster.ask({ path, token: 'ann-token' })
  assert.equal(status, 403)
  assert.match(json.message, /cannot create resource "pods\/exec"/)
})

test('a namespaced object is not reached by the path of a cluster-scoped one, nor by a name with a slash', async () => {
  await make('inside')
  assert.equal((await cluster.ask({ path: '/api/v1/configmaps/inside' })).status, 404)
  assert.equal((await cluster.ask({ path: '/api/v1/namespaces/other%2F..%2Fdefault/configmaps/inside' })).status, 404)
})

test('the door in the same process obeys the same rules', async () => {
  const transport = cluster.server.transport({ name: 'ann', groups: ['system:authenticated'] })
  const request = {
    verb: 'list',
    group: '',
    version: 'v1',
    resource: 'secrets',
    namespace: 'default',
    options: {},
  } as const
  await assert.rejects(transport.request(request), /cannot list resource "secrets"/)
})

test('the agent of a node changes nothing of another node', async () => {
  const agent = cluster.server.transport({
    name: 'system:node:node-0',
    groups: ['system:nodes', 'system:authenticated'],
  })
  const node = (name: string) =>
    ({
      verb: 'create',
      group: '',
      version: 'v1',
      resource: 'nodes',
      body: { metadata: { name } },
      options: {},
    }) as const
  assert.equal((await agent.request(node('node-0'))).code, 201)
  await assert.rejects(agent.request(node('node-1')), /node "node-0" is not allowed to modify node "node-1"/)
})

test('a token is made only for the pods of the node that asks', async () => {
  const agent = cluster.server.transport({ name: 'system:node:node-0', groups: ['system:nodes'] })
  await cluster.ask({
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts',
    body: { metadata: { name: 'default' } },
  })
  const request = agent.request({
    verb: 'create',
    group: '',
    version: 'v1',
    resource: 'serviceaccounts',
    namespace: 'default',
    name: 'default',
    subresource: 'token',
    body: { spec: {} },
    options: {},
  })
  await assert.rejects(request, /not bound to a pod/)
})

test('a secret whose value is null has an empty one', async () => {
  const path = '/api/v1/namespaces/default/secrets'
  const made = await cluster.ask({ method: 'POST', path, body: { metadata: { name: 'void' }, data: { key: null } } })
  assert.equal(made.status, 201)
  assert.deepEqual(made.json.data, { key: '' })
})

test('a patch that names another uid asks for an invalid change, a PUT for another object', async () => {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'uids', uid: 'another' } }
  await make('uids')
  const put = await cluster.ask({ method: 'PUT', path: `${MAPS}/uids`, body })
  const patched = await cluster.ask({ method: 'PATCH', path: `${MAPS}/uids`, body, headers: JSON_MERGE })
  assert.deepEqual([put.status, patched.status], [409, 422])
})

test('parameters are refused as upstream refuses them', async () => {
  const messageOf = async (query: string) => (await cluster.ask({ path: `${MAPS}?${query}` })).json.message
  assert.equal(await messageOf('limit='), 'strconv.ParseInt: parsing "": invalid syntax')
  assert.match(await messageOf('limit=99999999999999999999'), /value out of range$/)
  assert.match(await messageOf('continue=a+b'), /illegal base64 data at input byte 1$/)
  assert.match(await messageOf('watch=1&continue=a'), /is forbidden when continue is provided$/)
  const dry = await cluster.ask({ method: 'DELETE', path: `${MAPS}/none?dryRun=&fieldManager=%07` })
  assert.equal(dry.status, 422)
})

test('a patched Scale that names another uid answers a conflict', async () => {
  const path = '/apis/apps/v1/namespaces/default/replicasets'
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const spec = { selector: { matchLabels: { a: 'b' } }, template }
  await cluster.ask({ method: 'POST', path, body: { metadata: { name: 'scaled' }, spec } })
  const scale = `${path}/scaled/scale`
  const body = { metadata: { uid: 'another' }, spec: { replicas: 3 } }
  const { status } = await cluster.ask({ method: 'PATCH', path: scale, body, headers: JSON_MERGE })
  assert.equal(status, 409)
})

test('preconditions may stand in the query of a DELETE; one that waits says 202 to who asked for dependents to go', async () => {
  await make('conditions')
  const path = `${MAPS}/conditions`
  const removed = (query: string) => cluster.ask({ method: 'DELETE', path: `${path}?${query}` })
  assert.equal((await removed('resourceVersion=1')).status, 409)
  assert.equal((await removed('uid=another')).status, 409)
  const body = { metadata: { finalizers: ['x.y/z'] } }
  await cluster.ask({ method: 'PATCH', path, body, headers: JSON_MERGE })
  assert.equal((await removed('orphanDependents=false')).status, 202)
})

test('a list that got too old can be gone on with as things are now', async () => {
  for (const name of ['page-a', 'page-b', 'page-c']) await make(name)
  const first = await cluster.ask({ path: `${MAPS}?limit=1` })
  const { start } = JSON.parse(Buffer.from(first.json.metadata.continue, 'base64url').toString())
  const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: -1, start })).toString('base64url')
  const { status, json } = await cluster.ask({ path: `${MAPS}?continue=${token}` })
  assert.equal(status, 200)
  const names = json.items.map((item: { metadata: { name: string } }) => item.metadata.name)
  assert.ok(names.includes('page-c') && !names.includes(first.json.items[0].metadata.name))
})

test('of several faults of a list the syntax of selectors is told first, then what does not go together', async () => {
  const messageOf = async (query: string) => (await cluster.ask({ path: `${MAPS}?${query}` })).json.message
  assert.match(await messageOf('labelSelector=a+in+(&resourceVersionMatch=Exact'), /^unable to parse requirement/)
  assert.match(await messageOf('fieldSelector=foo%3Dbar&resourceVersionMatch=Exact'), /^ListOptions/)
  assert.match(await messageOf('resourceVersion=99999999999999999999'), /value out of range$/)
  assert.equal((await cluster.ask({ path: `${MAPS}?resourceVersion=1&limit=5` })).json.items.length, 0)
})

test('owners that are named twice count once, and it is said so', async () => {
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }
  const body = { metadata: { name: 'owned', ownerReferences: [owner, { ...owner, name: 'q' }, owner] } }
  const { json, headers } = await cluster.ask({ method: 'POST', path: MAPS, body })
  assert.deepEqual(json.metadata.ownerReferences, [owner, { ...owner, name: 'q' }])
  assert.match(String(headers['warning']), /duplicate UID\(s\) observed: u"$/)
})

test('a version in what is to be created is refused after everything else, and shown by a dry run', async () => {
  const post = (name: string, query = '') =>
    cluster.ask({ method: 'POST', path: `${MAPS}${query}`, body: { metadata: { name, resourceVersion: '7' } } })
  assert.deepEqual([(await post('UPPER')).status, (await post('versioned')).status], [422, 500])
  assert.equal((await post('versioned', '?dryRun=All')).json.metadata.resourceVersion, '7')
})

test('a namespace in what has none is nothing; a manager is measured in bytes', async () => {
  const body = { metadata: { name: 'without', namespace: 'other' }, provisioner: 'x.y/z' }
  const path = '/apis/storage.k8s.io/v1/storageclasses?dryRun=All'
  assert.equal((await cluster.ask({ method: 'POST', path, body })).status, 201)
  const long = await cluster.ask({ method: 'POST', path: `${path}&fieldManager=${'%C3%A9'.repeat(65)}`, body })
  assert.deepEqual([long.status, long.json.details.causes[0].field], [422, 'fieldManager'])
})

test('who would have had a name found for an object may try again', async () => {
  await make('generated')
  const body = { metadata: { name: 'generated', generateName: 'generated-' } }
  const { json, headers } = await cluster.ask({ method: 'POST', path: MAPS, body })
  assert.match(json.message, /already exists, the server was not able to generate a unique name for the object$/)
  assert.deepEqual([json.details.retryAfterSeconds, headers['retry-after']], [1, '1'])
})

test('a watch from any version says when it has told what exists, to who takes bookmarks', async () => {
  const typesOf = async (query: string) => {
    const { lines, stop } = await cluster.watch(`${MAPS}?watch=1&fieldSelector=metadata.name%3Dnobody&${query}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    stop()
    return lines.map((line) => [JSON.parse(line).type, JSON.parse(line).object.metadata.annotations])
  }
  const end = [['BOOKMARK', { 'k8s.io/initial-events-end': 'true' }]]
  assert.deepEqual(await typesOf('allowWatchBookmarks=true'), end)
  assert.deepEqual(await typesOf('allowWatchBookmarks=true&resourceVersion=0'), end)
  assert.deepEqual(await typesOf('resourceVersion=0'), [])
  assert.deepEqual(await typesOf('allowWatchBookmarks=true&resourceVersion=1000000'), [])
})

test('a DELETE with a body is told nothing by its query', async () => {
  await make('deleted')
  const body = { propagationPolicy: 'Background' }
  const { status } = await cluster.ask({ method: 'DELETE', path: `${MAPS}/deleted?propagationPolicy=none`, body })
  assert.equal(status, 200)
  assert.equal((await cluster.ask({ path: `${MAPS}/deleted` })).status, 404)
})

test('a patch of a status shares the stored spec, and what it says of the spec is not taken', async () => {
  const door = cluster.server.transport({ name: 'admin', groups: ['system:masters'] })
  const at = { group: 'apps', version: 'v1', resource: 'statefulsets', namespace: 'default', options: {} }
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'shared' },
    spec: {
      selector: { matchLabels: { app: 'shared' } },
      template: { metadata: { labels: { app: 'shared' } }, spec: { containers: [{ name: 'c', image: 'app:1' }] } },
    },
  }
  const made = (await door.request({ ...at, verb: 'create', body: set })).object as typeof set
  const patch = async (body: object) => {
    const request = { ...at, verb: 'patch', name: 'shared', subresource: 'status', patchType: 'merge', body } as const
    return (await door.request(request)).object as typeof set & { readonly status: { readonly replicas: number } }
  }
  const counted = await patch({ status: { replicas: 2 } })
  assert.equal(counted.status.replicas, 2)
  assert.equal(counted.spec, made.spec)
  const meddled = await patch({ spec: { replicas: 5 }, status: { replicas: 3 } })
  assert.equal(meddled.status.replicas, 3)
  assert.deepEqual(meddled.spec, made.spec)
})
