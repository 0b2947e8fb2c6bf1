import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from './testing/test_server.ts'

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
const PEM = '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const spec = {
  request: Buffer.from(PEM).toString('base64'),
  signerName: 'kubernetes.io/kube-apiserver-client',
  usages: ['client auth'],
}

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
})
after(() => cluster.stop())

const create = (body: object) => cluster.ask({ method: 'POST', path: REQUESTS, body })
const approve = (name: string, type: string, token?: string) =>
  cluster.ask({
    method: 'PATCH',
    path: `${REQUESTS}/${name}/approval`,
    headers: MERGE,
    body: {
      spec: { signerName: 'example.com/other' },
      status: { conditions: [{ type, status: 'True', reason: 'R' }] },
    },
    ...(token === undefined ? {} : { token }),
  })

test('who asks is written down by the server, whatever the request says', async () => {
  const { status, json } = await create({
    metadata: { name: 'jane' },
    spec: { ...spec, username: 'root', groups: ['system:masters'], uid: '0' },
    status: { certificate: 'YQ==' },
  })
  assert.equal(status, 201)
  assert.equal(json.spec.username, 'admin')
  assert.deepEqual(json.spec.groups, ['system:masters', 'system:authenticated'])
  assert.equal(json.spec.uid, undefined)
  assert.deepEqual(json.status, {})
})

test('approval changes conditions only, stays, and shows in the table', async () => {
  const { json } = await approve('jane', 'Approved')
  assert.equal(json.spec.signerName, spec.signerName)
  assert.equal(json.status.conditions[0].type, 'Approved')
  assert.match(json.status.conditions[0].lastTransitionTime, /^\d{4}-/)
  const denied = await approve('jane', 'Denied')
  assert.equal(denied.status, 422)
  assert.match(denied.json.message, /updates may not remove a condition of type "Approved"/)
  const table = await cluster.ask({
    path: `${REQUESTS}/jane`,
    headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
  })
  const [name, , ...cells] = table.json.rows[0].cells
  assert.deepEqual([name, ...cells], ['jane', 'kubernetes.io/kube-apiserver-client', 'admin', '<none>', 'Approved'])
})

test('to approve takes the right to approve for the signer', async () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const roles = (rules: object[]) => ({ metadata: { name: 'approver' }, rules })
  const mayUpdate = { apiGroups: ['certificates.k8s.io'], resources: ['*', '*/approval'], verbs: ['patch', 'get'] }
  await cluster.ask({ method: 'POST', path: `${rbac}/clusterroles`, body: roles([mayUpdate]) })
  await cluster.ask({
    method: 'POST',
    path: `${rbac}/clusterrolebindings`,
    body: {
      metadata: { name: 'approver' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'approver' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
    },
  })
  await create({ metadata: { name: 'second' }, spec })
  const refused = await approve('second', 'Approved', 'ann-token')
  assert.equal(refused.status, 403)
  assert.match(
    refused.json.message,
    /user not permitted to approve requests with signerName "kubernetes\.io\/kube-apis/,
  )
  const signers = {
    apiGroups: ['certificates.k8s.io'],
    resources: ['signers'],
    resourceNames: ['kubernetes.io/*'],
    verbs: ['approve'],
  }
  await cluster.ask({ method: 'PUT', path: `${rbac}/clusterroles/approver`, body: roles([mayUpdate, signers]) })
  assert.equal((await approve('second', 'Approved', 'ann-token')).status, 200)
})

test('what is no request, has no usage or no signer is refused', async () => {
  const { status, json } = await create({
    metadata: { name: 'wrong' },
    spec: { request: 'YQ==', signerName: 'plain', usages: [], expirationSeconds: 1 },
  })
  assert.equal(status, 422)
  assert.deepEqual(
    json.details.causes.map((cause: { field: string }) => cause.field),
    ['spec.request', 'spec.usages', 'spec.signerName', 'spec.expirationSeconds'],
  )
})
