import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TokenClaims, TokenSigner } from '../server_deps.ts'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const NAMESPACE = '/api/v1/namespaces/default'
const SELF = { path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', method: 'POST', body: {} }

/** Claims in the open: how they are signed is the host's affair. */
const signer: TokenSigner = {
  sign: async (claims) => Buffer.from(JSON.stringify(claims)).toString('base64url'),
  verify: async (token) => claimsIn(token),
}
const claimsIn = (token: string): TokenClaims => JSON.parse(Buffer.from(token, 'base64url').toString())

let cluster: TestServer
before(async () => {
  cluster = await startTestServer({ tokens: signer })
  for (const name of ['default', 'other']) await post(`${NAMESPACE}/serviceaccounts`, { metadata: { name } })
  await post('/api/v1/nodes', { metadata: { name: 'n1' } })
  await post(`${NAMESPACE}/secrets`, { metadata: { name: 's1' } })
  const containers = [{ name: 'c', image: 'i' }]
  await post(`${NAMESPACE}/pods`, { metadata: { name: 'p1' }, spec: { nodeName: 'n1', containers } })
})
after(() => cluster.stop())

const post = (path: string, body: object) => cluster.ask({ method: 'POST', path, body })
const request = (spec: object, metadata: object = {}, account = 'default') =>
  post(`${NAMESPACE}/serviceaccounts/${account}/token`, { metadata, spec })

const bound = (kind: string, name: string, uid?: string) => ({ boundObjectRef: { kind, apiVersion: 'v1', name, uid } })

test('a token is bound to a pod with its node, to a secret or to a node', async () => {
  const claims = async (kind: string, name: string) =>
    claimsIn((await request({ audiences: ['a'], ...bound(kind, name) })).json.status.token)
  const ofPod = await claims('Pod', 'p1')
  assert.deepEqual([ofPod.pod?.name, ofPod.node?.name, ofPod.secret], ['p1', 'n1', undefined])
  assert.ok(ofPod.id)
  assert.equal((await claims('Secret', 's1')).secret?.name, 's1')
  assert.equal((await claims('Node', 'n1')).node?.name, 'n1')
})

test('a token that pods get lives on for a year, and says from when on that is wrong', async () => {
  const { json } = await request({ expirationSeconds: 3607, ...bound('Pod', 'p1') })
  const { expiresAt, warnAfter = 0 } = claimsIn(json.status.token)
  assert.equal(expiresAt - warnAfter, 365 * 24 * 3600 - 3607)
  assert.equal(Date.parse(json.status.expirationTimestamp), Date.parse(json.metadata.creationTimestamp) + 3_607_000)
})

test('a token dies with the secret that it is bound to', async () => {
  await post(`${NAMESPACE}/secrets`, { metadata: { name: 'short' } })
  const { token } = (await request(bound('Secret', 'short'))).json.status
  const user = (await cluster.ask({ ...SELF, token })).json.status.userInfo
  assert.match(user.extra['authentication.kubernetes.io/credential-id'][0], /^JTI=/)
  await cluster.ask({ method: 'DELETE', path: `${NAMESPACE}/secrets/short` })
  assert.equal((await cluster.ask({ ...SELF, token })).status, 401)
})

test('what a token is bound to must be there, be the one that is meant, and run as the account', async () => {
  const refusal = async (...asked: Parameters<typeof request>) => (await request(...asked)).json.message
  assert.equal(await refusal(bound('Node', 'n9')), 'nodes "n9" not found')
  assert.match(
    await refusal(bound('Pod', 'p1', 'another')),
    /the UID in the bound object reference \(another\) does not/,
  )
  assert.equal(await refusal(bound('ConfigMap', 'x')), 'cannot bind token to object of type /v1, Kind=ConfigMap')
  assert.match(await refusal(bound('Pod', 'p1'), {}, 'other'), /running with different serviceaccount name/)
  assert.match(await refusal({}, { name: 'x' }), /must match the service account name if specified/)
  assert.match(await refusal({}, { uid: 'x' }), /the UID in the token request \(x\) does not match/)
})
