import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

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

const issue = (name: string, status: object) =>
  cluster.ask({ method: 'PATCH', path: `${REQUESTS}/${name}/status`, headers: MERGE, body: { status } })
const pem = (type: string, bytes: string) =>
  Buffer.from(`-----BEGIN ${type}-----\n${btoa(bytes)}\n-----END ${type}-----\n`).toString('base64')

test('a signer issues one certificate, and decides nothing', async () => {
  await create({ metadata: { name: 'signed' }, spec })
  const decided = await issue('signed', { conditions: [{ type: 'Approved', status: 'True' }] })
  assert.match(decided.json.message, /updates may not add a condition of type "Approved"$/)
  const wrong = await issue('signed', { certificate: pem('CERTIFICATE REQUEST', '0\x00') })
  assert.match(wrong.json.message, /only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"$/)
  const broken = await issue('signed', { certificate: pem('CERTIFICATE', '0\x05') })
  assert.match(broken.json.message, /x509: malformed certificate$/)
  assert.equal((await issue('signed', { certificate: pem('CERTIFICATE', '0\x00') })).status, 200)
  const other = await issue('signed', { certificate: pem('CERTIFICATE', '0\x01a') })
  assert.match(other.json.message, /updates may not modify existing certificate content$/)
})

test('a decision is true or is not there, and has a type', async () => {
  await create({ metadata: { name: 'undecided' }, spec })
  const faults = async (condition: object) => {
    const path = `${REQUESTS}/undecided/approval`
    const { json } = await cluster.ask({
      method: 'PATCH',
      path,
      headers: MERGE,
      body: { status: { conditions: [condition] } },
    })
    return json.message
  }
  assert.match(
    await faults({ type: 'Approved', status: 'False' }),
    /Unsupported value: "False": supported values: "True"$/,
  )
  assert.match(await faults({ type: '', status: 'True' }), /conditions\[0\]\.type: Required value$/)
})
