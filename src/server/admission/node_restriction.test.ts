import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApiRequest, Transport } from '../../api/request.ts'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

let cluster: TestServer
let agent: Transport
before(async () => {
  cluster = await startTestServer()
  agent = cluster.server.transport({ name: 'system:node:node-0', groups: ['system:nodes', 'system:authenticated'] })
  await agent.request(onNode('create', { metadata: { name: 'node-0' } }))
  // A role that gives nodes everything must not help one that was taken over.
  await cluster.ask({
    method: 'POST',
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    body: {
      metadata: { name: 'too-much' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:nodes' }],
    },
  })
})
after(() => cluster.stop())

const onNode = (verb: 'create' | 'patch' | 'delete', body: object, name = 'node-0'): ApiRequest => ({
  verb,
  group: '',
  version: 'v1',
  resource: 'nodes',
  ...(verb === 'create' ? {} : { name }),
  ...(verb === 'patch' ? { patchType: 'merge' as const } : {}),
  body,
  options: {},
})

const patch = (body: object) => agent.request(onNode('patch', body))

test('a node gives itself the labels that are its own, and no others of Kubernetes', async () => {
  await patch({ metadata: { labels: { 'topology.kubernetes.io/zone': 'a', 'example.com/disk': 'fast' } } })
  for (const label of ['node-restriction.kubernetes.io/tenant', 'node-role.kubernetes.io/control-plane']) {
    await assert.rejects(patch({ metadata: { labels: { [label]: '' } } }), /not allowed to modify labels/)
  }
})

test('a node neither opens itself for pods nor hands itself to an owner that could delete it', async () => {
  await assert.rejects(patch({ spec: { unschedulable: true } }), /not allowed to modify its spec/)
  await assert.rejects(
    patch({ spec: { taints: [{ key: 'mine', effect: 'NoSchedule' }] } }),
    /not allowed to modify taints/,
  )
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'gone' }
  await assert.rejects(patch({ metadata: { ownerReferences: [owner] } }), /not allowed to modify ownerReferences/)
  await assert.rejects(patch({ metadata: { finalizers: ['example.com/hold'] } }), /not allowed to modify finalizers/)
  await assert.rejects(agent.request(onNode('delete', {})), /not allowed to delete itself/)
})

test('a node takes away the taint that says it is not ready, and none of an administrator', async () => {
  const taints = [
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    { key: 'example.com/keep', effect: 'NoSchedule' },
  ]
  const headers = { 'content-type': 'application/merge-patch+json' }
  await cluster.ask({ method: 'PATCH', path: '/api/v1/nodes/node-0', headers, body: { spec: { taints } } })
  await patch({ spec: { taints: taints.slice(1) } })
  await assert.rejects(patch({ spec: { taints: null } }), /not allowed to modify taints/)
})

test('whatever its roles say, a node writes nothing that is not on its list', async () => {
  const secret: ApiRequest = {
    verb: 'create',
    group: '',
    version: 'v1',
    resource: 'secrets',
    namespace: 'default',
    body: { metadata: { name: 's' } },
    options: {},
  }
  await assert.rejects(agent.request(secret), /node "node-0" cannot change secrets/)
})

test('a node reads the pods that are bound to it, and no others', async () => {
  const space = '/api/v1/namespaces/default'
  const post = (resource: string, body: object) => cluster.ask({ method: 'POST', path: `${space}/${resource}`, body })
  await post('serviceaccounts', { metadata: { name: 'default' } })
  for (const [name, nodeName] of [['mine', 'node-0'] as const, ['other', 'node-1'] as const]) {
    await post('pods', { metadata: { name }, spec: { nodeName, containers: [{ name: 'c', image: 'i' }] } })
  }
  const read = (verb: 'get' | 'list', more: Partial<ApiRequest>): Promise<unknown> =>
    agent.request({ verb, group: '', version: 'v1', resource: 'pods', namespace: 'default', options: {}, ...more })
  await read('get', { name: 'mine' })
  await assert.rejects(read('get', { name: 'other' }), /the pod is not on node node-0/)
  await read('list', { options: { fieldSelector: 'spec.nodeName=node-0' } })
  for (const fieldSelector of ['', 'spec.nodeName=node-1', 'spec.nodeName!=node-1']) {
    await assert.rejects(read('list', { options: { fieldSelector } }), /can only list\/watch pods with spec.nodeName/)
  }
})
