import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const namesAt = async (path: string): Promise<string[]> =>
  (await cluster.ask({ path })).json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)

test('the roles that charts bind to are there', async () => {
  const roles = await namesAt(`${RBAC}/clusterroles`)
  for (const name of ['admin', 'cluster-admin', 'edit', 'system:auth-delegator', 'view'])
    assert.ok(roles.includes(name))
  const path = `${RBAC}/namespaces/kube-system/roles/extension-apiserver-authentication-reader`
  assert.equal((await cluster.ask({ path })).status, 200)
})

test('every binding names a role that exists', async () => {
  const { items } = (await cluster.ask({ path: `${RBAC}/clusterrolebindings` })).json
  const roles = new Set(await namesAt(`${RBAC}/clusterroles`))
  for (const { metadata, roleRef } of items) assert.ok(roles.has(roleRef.name), metadata.name)
})

test('every group and version that is discovered has its APIService', async () => {
  const { groups } = (await cluster.ask({ path: '/apis' })).json
  const services = await namesAt('/apis/apiregistration.k8s.io/v1/apiservices')
  for (const { name, versions } of groups) {
    if (name === 'apiregistration.k8s.io') continue
    for (const { version } of versions) assert.ok(services.includes(`${version}.${name}`), `${version}.${name}`)
  }
})

test('every flow schema refers to a priority level that exists', async () => {
  const root = '/apis/flowcontrol.apiserver.k8s.io/v1'
  const levels = await namesAt(`${root}/prioritylevelconfigurations`)
  const { items } = (await cluster.ask({ path: `${root}/flowschemas` })).json
  assert.equal(items.length, 11)
  for (const { spec } of items) assert.ok(levels.includes(spec.priorityLevelConfiguration.name))
})

test('the parts of the control plane are told of without being stored', async () => {
  assert.deepEqual(await namesAt('/api/v1/componentstatuses'), ['controller-manager', 'scheduler', 'etcd-0'])
  const { json } = await cluster.ask({ path: '/api/v1/componentstatuses/scheduler' })
  assert.deepEqual(json.conditions, [{ type: 'Healthy', status: 'True', message: 'ok' }])
  assert.equal((await cluster.ask({ path: '/api/v1/componentstatuses/nothing' })).status, 404)
})
