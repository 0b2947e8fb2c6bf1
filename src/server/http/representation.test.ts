import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const SPACES = '/api/v1/namespaces'
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

const typeOfAnswer = async (path: string, accept: string) => {
  const { status, headers } = await cluster.ask({ path, headers: { accept } })
  return [status, headers['content-type']]
}

test('metadata alone, and errors, go out as protobuf too', async () => {
  const partial = `${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`
  const list = `${PROTOBUF};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`
  assert.deepEqual(await typeOfAnswer(`${SPACES}/default`, partial), [200, PROTOBUF])
  assert.deepEqual(await typeOfAnswer(SPACES, list), [200, PROTOBUF])
  assert.deepEqual(await typeOfAnswer(`${SPACES}/none`, PROTOBUF), [404, PROTOBUF])
})

test('what has no protobuf form goes out as JSON to whoever reads JSON, and to nobody else', async () => {
  assert.deepEqual(await typeOfAnswer(DEFINITIONS, `${PROTOBUF},application/json`), [200, 'application/json'])
  assert.equal((await typeOfAnswer(DEFINITIONS, PROTOBUF))[0], 406)
})

test('a binding that is posted by itself puts its pod on the node', async () => {
  const post = (resource: string, body: object) =>
    cluster.ask({ method: 'POST', path: `${SPACES}/default/${resource}`, body })
  await post('serviceaccounts', { metadata: { name: 'default' } })
  await post('pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  const bound = await post('bindings', { metadata: { name: 'p' }, target: { kind: 'Node', name: 'node-0' } })
  assert.equal(bound.status, 201)
  const { json } = await cluster.ask({ path: `${SPACES}/default/pods/p` })
  assert.equal(json.spec.nodeName, 'node-0')
})
