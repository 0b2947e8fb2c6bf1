import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../testing/test_server.ts'

const PODS = '/api/v1/namespaces/default/pods'

let cluster: TestServer
before(async () => {
  cluster = await startTestServer()
  await post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  await post('/api/v1/nodes', { metadata: { name: 'silent' } })
  const [c, d] = [
    { name: 'c', image: 'i' },
    { name: 'd', image: 'i' },
  ]
  const pods = { one: { containers: [c] }, two: { containers: [c, d], initContainers: [{ name: 'i', image: 'i' }] } }
  const bound = { lost: { containers: [c], nodeName: 'nowhere' }, early: { containers: [c], nodeName: 'silent' } }
  for (const [name, spec] of Object.entries({ ...pods, ...bound })) await post(PODS, { metadata: { name }, spec })
})
after(() => cluster.stop())

const post = (path: string, body: object) => cluster.ask({ method: 'POST', path, body })
const message = async (path: string, method = 'GET') =>
  (await cluster.ask({ method, path: `${PODS}/${path}` })).json?.message

test('the parameters of a log are read before the pod is looked for', async () => {
  assert.equal(await message('none/log?tailLines='), 'strconv.ParseInt: parsing "": invalid syntax')
  assert.match(await message('none/log?sinceTime=bad'), /^parsing time "bad" as .* cannot parse "bad" as "2006"$/)
  assert.match(await message('none/log?stream=Stdout'), /stream: Forbidden: may not be specified$/)
  assert.match(await message('none/log?tailLines=-1&limitBytes=0'), /\[tailLines: .* limitBytes: /)
  assert.equal(await message('none/log'), 'pods "none" not found')
})

test('who names no container is told all of them', async () => {
  const choice = 'a container name must be specified for pod two, choose one of: [i c d]'
  assert.equal(await message('two/log'), choice)
  assert.equal(await message('two/exec?command=ls&stdout=1', 'POST'), choice)
  assert.equal(await message('one/log?container=x'), 'container x is not valid for pod one')
})

test('a node that is gone, or has not said where it is, is told before anybody connects', async () => {
  assert.equal(await message('one/exec?command=ls&stdout=1', 'POST'), 'pod one does not have a host assigned')
  assert.equal(await message('lost/exec?command=ls&stdout=1', 'POST'), 'pods "nowhere" not found')
  assert.equal(await message('early/log'), 'no preferred addresses found; known addresses: []')
})

test('connections cannot be tried, and ports are numbers', async () => {
  assert.equal(await message('none/exec?dryRun=All', 'POST'), 'dryRun is not supported')
  assert.equal(await message('none/proxy?dryRun=All'), 'dryRun is not supported')
  const port = await message('one/portforward?ports=80,x', 'POST')
  assert.equal(port, 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax')
})
