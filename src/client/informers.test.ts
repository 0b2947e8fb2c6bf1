import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../api/error.ts'
import { PODS } from '../api/resources.ts'
import type { Pod } from '../api/types.ts'
import { silentLog } from '../base/log.ts'
import { VirtualClock } from '../base/virtual_clock.ts'
import { createFakeTransport } from './fake_transport.ts'
import { createInformers } from './informers.ts'
import { createClient } from './typed_client.ts'

function setUp() {
  const clock = new VirtualClock()
  const transport = createFakeTransport(clock)
  const client = createClient(transport)
  const informers = createInformers({ client, clock, log: silentLog })
  const create = (name: string, namespace = 'one') =>
    client.create(PODS, { metadata: { name, namespace, labels: { app: name } }, spec: { containers: [] } })
  return { clock, transport, client, informers, create }
}

const namesOf = (pods: readonly Pod[]): string[] => pods.map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`)

test('a cache holds what is listed and what is watched, in key order, by namespace and by index', async () => {
  const { informers, create, client } = setUp()
  await create('b')
  const pods = informers.of(PODS)
  pods.addIndex('app', (pod) => Object.values(pod.metadata.labels ?? {}))
  const changes: string[] = []
  pods.onChange(({ key, previous, current }) => changes.push(`${key} ${Boolean(previous)} ${Boolean(current)}`))
  await informers.start()
  await create('a')
  await create('c', 'another')
  assert.deepEqual(namesOf(pods.list()), ['another/c', 'one/a', 'one/b'])
  assert.deepEqual(namesOf(pods.list('one')), ['one/a', 'one/b'])
  assert.deepEqual(namesOf(pods.byIndex('app', 'a')), ['one/a'])
  await client.delete(PODS, { namespace: 'one', name: 'a' })
  assert.deepEqual(pods.byIndex('app', 'a'), [])
  assert.deepEqual(changes, ['one/b false true', 'one/a false true', 'another/c false true', 'one/a true false'])
  informers.stop()
})

test('a watch that ends is resumed without a second list, one that expired lists again', async () => {
  const { informers, create, transport, clock, client } = setUp()
  const pods = informers.of(PODS)
  await informers.start()
  const lists = () => transport.requests.filter(({ verb }) => verb === 'list').length
  transport.endWatches(new Error('reset'))
  await create('a')
  await clock.advance(1_000)
  assert.deepEqual([namesOf(pods.list()), lists()], [['one/a'], 1])
  transport.endWatches(new ApiError({ code: 410, reason: 'Expired', message: 'too old resource version' }))
  await client.delete(PODS, { namespace: 'one', name: 'a' })
  await create('b')
  await clock.advance(1_000)
  assert.deepEqual([namesOf(pods.list()), lists()], [['one/b'], 2])
  informers.stop()
})

test('a first list that fails is tried again, later each time', async () => {
  const { informers, transport, clock } = setUp()
  const down = new ApiError({ code: 503, reason: 'ServiceUnavailable', message: 'down' })
  for (let times = 0; times < 3; times++) transport.failNext(({ verb }) => verb === 'list', down)
  const pods = informers.of(PODS)
  void informers.start()
  await clock.advance(650)
  assert.equal(pods.synced, false)
  await clock.advance(100)
  assert.equal(pods.synced, true)
  informers.stop()
})

test('the cache says which versions it has seen and ignores what is older', async () => {
  const { informers, create, transport } = setUp()
  const pods = informers.of(PODS)
  await informers.start()
  transport.hold()
  const pod = await create('a')
  assert.equal(pods.hasSeen(pod.metadata.resourceVersion), false)
  transport.release()
  assert.equal(pods.hasSeen(pod.metadata.resourceVersion), true)
  informers.stop()
})

test('a list that is older than the cache is refused, and taken only when the server never catches up', async () => {
  const { clock, informers, transport, client, create } = setUp()
  await create('a')
  const pods = informers.of(PODS)
  await informers.start()
  let lost = 0
  pods.onChange(({ current }) => void (current === undefined && lost++))
  const older = { resourceVersion: '0', items: [] }
  let refused = 0
  const listOlder = async () => {
    refused++
    return older
  }
  Object.assign(client, { list: listOlder })
  transport.endWatches(new ApiError({ code: 410, reason: 'Expired', message: 'too old resource version' }))
  await clock.advance(5_000)
  assert.deepEqual([lost, namesOf(pods.list())], [0, ['one/a']])
  await clock.advance(60_000)
  assert.deepEqual([refused, lost], [8, 1])
  informers.stop()
})
