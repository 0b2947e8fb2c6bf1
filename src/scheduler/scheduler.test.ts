import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../api/error.ts'
import { NODES, PODS } from '../api/resources.ts'
import type { Node, Pod } from '../api/types.ts'
import { silentLog } from '../base/log.ts'
import { seededRandom } from '../base/random.ts'
import { VirtualClock } from '../base/virtual_clock.ts'
import { createFakeTransport } from '../client/fake_transport.ts'
import { createInformers } from '../client/informers.ts'
import { createClient } from '../client/typed_client.ts'
import { runController } from '../controllers/runtime/run_controller.ts'
import { createScheduler } from './scheduler.ts'

/** A scheduler over a cluster that accepts bindings but never shows them, as a cache far behind would. */
async function start() {
  const clock = new VirtualClock()
  const transport = createFakeTransport(clock)
  const client = createClient(transport)
  const informers = createInformers({ client, clock, log: silentLog })
  const shared = { client, informers, clock, random: seededRandom('s'), log: silentLog, events: { record: () => {} } }
  const allocatable = { cpu: '4', memory: '8Gi', pods: '10' }
  await client.create(NODES, {
    metadata: { name: 'node-0' },
    spec: {},
    status: { allocatable },
  } as unknown as Node)
  const running = runController(createScheduler(shared), shared)
  const bindings = () =>
    transport.requests.filter(({ subresource }) => subresource === 'binding').map(({ name, body }) => ({ name, body }))
  return { client, transport, running, bindings }
}

const podAsking = (name: string, cpu: string): Pod =>
  ({
    metadata: { namespace: 'n', name },
    spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] },
  }) as unknown as Pod

/** Everything here happens in microtasks. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve()
}

test('a place is given once, also while the cache does not show yet that it is taken', async () => {
  const { client, running, bindings } = await start()
  await client.create(PODS, podAsking('a', '3'))
  await client.create(PODS, podAsking('b', '3'))
  await settle()
  assert.deepEqual(
    bindings().map(({ name }) => name),
    ['a'],
  )
  const { status } = await client.get(PODS, { namespace: 'n', name: 'b' })
  assert.match(status?.conditions?.[0]?.message ?? '', /^0\/1 nodes are available: 1 Insufficient cpu\./)
  running.stop()
})

test('a binding names the pod that was decided on, and a refused one gives the place back', async () => {
  const { client, transport, running, bindings } = await start()
  const gone = new ApiError({ code: 404, reason: 'NotFound', message: 'pods "a" not found' })
  transport.failNext(({ subresource }) => subresource === 'binding', gone)
  const { metadata } = await client.create(PODS, podAsking('a', '3'))
  await settle()
  await client.create(PODS, podAsking('b', '3'))
  await settle()
  assert.deepEqual(
    bindings().map(({ name }) => name),
    ['a', 'b'],
  )
  const [first] = bindings()
  assert.deepEqual((first?.body as { metadata: object } | undefined)?.metadata, {
    namespace: 'n',
    name: 'a',
    uid: metadata.uid,
  })
  running.stop()
})
