import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApiRequest, Transport } from '../../api/request.ts'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

/** What the agent of a node sees of what others keep in the API. */

const CORE = '/api/v1/namespaces/default'
let cluster: TestServer
let agents: Record<string, Transport>

before(async () => {
  cluster = await startTestServer()
  const agentOf = (node: string) =>
    cluster.server.transport({ name: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] })
  agents = { here: agentOf('here'), there: agentOf('there') }
  const create = async (path: string, body: object) => {
    const { status, text } = await cluster.ask({ method: 'POST', path, body })
    assert.equal(status, 201, text)
  }
  await create(`${CORE}/serviceaccounts`, { metadata: { name: 'default' } })
  for (const name of ['mounted', 'read', 'pulled', 'projected', 'unused']) {
    await create(`${CORE}/secrets`, { metadata: { name } })
    await create(`${CORE}/configmaps`, { metadata: { name } })
  }
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  for (const name of ['claim', 'unused']) {
    await create(`${CORE}/persistentvolumeclaims`, {
      metadata: { name },
      spec: { ...claim, volumeName: `pv-${name}`, storageClassName: '' },
    })
    await create('/api/v1/persistentvolumes', {
      metadata: { name: `pv-${name}` },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/x' },
        claimRef: { namespace: 'default', name },
      },
    })
  }
  await create(`${CORE}/pods`, { metadata: { name: 'pod' }, spec: POD_SPEC })
})
after(() => cluster.stop())

const POD_SPEC = {
  nodeName: 'here',
  imagePullSecrets: [{ name: 'pulled' }],
  containers: [
    {
      name: 'c',
      image: 'i',
      envFrom: [{ configMapRef: { name: 'read' } }],
      env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'read', key: 'k' } } }],
    },
  ],
  volumes: [
    { name: 'a', secret: { secretName: 'mounted' } },
    { name: 'b', configMap: { name: 'mounted' } },
    { name: 'c', projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'projected' } }] } },
    { name: 'd', persistentVolumeClaim: { claimName: 'claim' } },
  ],
}

const read = (resource: string, name: string, namespace = 'default'): ApiRequest => ({
  verb: 'get',
  group: '',
  version: 'v1',
  resource,
  name,
  ...(namespace === '' ? {} : { namespace }),
  options: {},
})

async function outcome(node: string, request: ApiRequest): Promise<string> {
  try {
    await agents[node]?.request(request)
    return 'read'
  } catch (thrown) {
    return (thrown as Error).message
  }
}

const RELATED = [
  read('secrets', 'mounted'),
  read('secrets', 'read'),
  read('secrets', 'pulled'),
  read('secrets', 'projected'),
  read('configmaps', 'mounted'),
  read('configmaps', 'read'),
  read('configmaps', 'projected'),
  read('persistentvolumeclaims', 'claim'),
  read('persistentvolumes', 'pv-claim', ''),
]

test('a node reads what its own pods name, and another node does not', async () => {
  for (const request of RELATED) {
    assert.equal(await outcome('here', request), 'read', `${request.resource} ${request.name}`)
    assert.match(await outcome('there', request), /: no relationship found between node 'there' and this object$/)
  }
})

test('what no pod of the node names is hidden, in every way to ask', async () => {
  for (const resource of ['secrets', 'configmaps', 'persistentvolumeclaims']) {
    assert.equal(
      await outcome('here', read(resource, 'unused')),
      `${resource} "unused" is forbidden: User "system:node:here" cannot get resource "${resource}" in API group "" in the namespace "default": no relationship found between node 'here' and this object`,
    )
    const { name: _name, ...all } = read(resource, '')
    const list: ApiRequest = { ...all, verb: 'list' }
    assert.match(await outcome('here', list), /: No Object name found$/)
    assert.match(
      await outcome('here', { ...list, options: { fieldSelector: 'metadata.name=unused' } }),
      /no relationship/,
    )
    assert.match(
      await outcome('here', { ...list, options: { fieldSelector: 'metadata.name!=unused' } }),
      /No Object name/,
    )
  }
  assert.match(await outcome('here', read('persistentvolumes', 'pv-unused', '')), /no relationship/)
})

test('a list of one name is as good as reading it', async () => {
  const { name: _name, ...all } = read('secrets', '')
  assert.equal(
    await outcome('here', { ...all, verb: 'list', options: { fieldSelector: 'metadata.name=mounted' } }),
    'read',
  )
})
