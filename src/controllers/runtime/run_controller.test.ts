import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from '../../api/error.ts'
import type { ObjectKey } from '../../api/resource.ts'
import { keyOf, parseKey } from '../../api/resource.ts'
import { CONFIG_MAPS, EVENTS } from '../../api/resources.ts'
import type { Event } from '../../api/types.ts'
import { silentLog } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import { settleMicrotasks, VirtualClock } from '../../base/virtual_clock.ts'
import type { Client } from '../../client/client.ts'
import { createFakeTransport } from '../../client/fake_transport.ts'
import { createInformers } from '../../client/informers.ts'
import { createClient } from '../../client/typed_client.ts'
import { again, type Controller, done, type Outcome, watchRule } from './controller.ts'
import { createEventRecorder } from './event_recorder.ts'
import { KeyQueue } from './queue.ts'
import { runController } from './run_controller.ts'

type Apply = (key: ObjectKey, client: Client) => Promise<Outcome>

function setUp(apply: Apply) {
  const clock = new VirtualClock()
  const transport = createFakeTransport(clock)
  const client = createClient(transport)
  const informers = createInformers({ client, clock, log: silentLog })
  const controller: Controller<ObjectKey, ObjectKey> = {
    name: 'test',
    watches: [watchRule(CONFIG_MAPS, ({ key }) => [key])],
    view: (key) => key,
    decide: (key) => key,
    apply: (key, _view, own) => apply(key, own),
  }
  const running = runController(controller, { client, informers, clock, log: silentLog })
  const create = (name: string) => client.create(CONFIG_MAPS, { metadata: { name, namespace: 'one' } })
  const touch = (name: string, value: string) =>
    client.patch(CONFIG_MAPS, { namespace: 'one', name }, { type: 'merge', body: { data: { value } } })
  return { clock, transport, client, running, create, touch, informers }
}

test('a key is never worked on twice at once, and changes meanwhile bring it back once', async () => {
  const gate = Promise.withResolvers<void>()
  let [atOnce, most, runs] = [0, 0, 0]
  const { create, touch, running, clock } = setUp(async () => {
    runs++
    most = Math.max(most, ++atOnce)
    await gate.promise
    atOnce--
    return done
  })
  await create('a')
  await settleMicrotasks()
  for (const value of ['1', '2', '3']) await touch('a', value)
  assert.equal(running.idle(), false)
  gate.resolve()
  await clock.advance(10)
  assert.deepEqual([runs, most, running.idle()], [2, 1, true])
})

test('a failed key comes again with doubled delays, and at once after a success', async () => {
  const at: number[] = []
  const { create, clock } = setUp(async () => {
    at.push(clock.now())
    if (at.length < 5) throw new Error('not yet')
    return done
  })
  await create('a')
  await clock.advance(1_000)
  assert.deepEqual(
    at.slice(1).map((moment, index) => moment - (at[index] ?? 0)),
    [5, 10, 20, 40],
  )
})

test('one that is always due again leaves the others their turn', async () => {
  let runs = 0
  const { create, clock } = setUp(async () => again(-++runs))
  await create('a')
  await clock.advance(100)
  assert.equal(runs, 11)
})

test('an outcome may ask to come again after a while', async () => {
  let runs = 0
  const { create, clock } = setUp(async () => (++runs < 3 ? again(500) : done))
  await create('a')
  await clock.advance(499)
  assert.equal(runs, 1)
  await clock.advance(1_000)
  assert.equal(runs, 3)
})

test('a key is held back until the cache shows what the controller wrote for it', async () => {
  const seen: (string | undefined)[] = []
  const { create, touch, clock, transport, informers } = setUp(async (key, client) => {
    const object = informers.of(CONFIG_MAPS).get(key)
    seen.push(object?.data?.['value'])
    if (seen.length === 1) {
      transport.hold()
      await client.patch(CONFIG_MAPS, parseKey(key), { type: 'merge', body: { data: { value: 'own' } } })
    }
    return done
  })
  const made = await create('a')
  await clock.advance(100)
  assert.equal(keyOf(made), 'one/a')
  assert.deepEqual(seen, [undefined])
  transport.release()
  await touch('a', 'other')
  await clock.advance(100)
  assert.deepEqual(seen, [undefined, 'other'])
})

test('an event that repeats raises the count of the first, and a flood is cut off', async () => {
  const { client, clock, create } = setUp(async () => done)
  const about = await create('a')
  const events = createEventRecorder({ client, clock, random: seededRandom(1), log: silentLog, component: 'c' })
  for (const message of ['x', 'y', 'x']) events.record(about, 'Normal', 'Tested', message)
  await clock.advance(1)
  const list = async (): Promise<readonly Event[]> => (await client.list(EVENTS)).items
  assert.deepEqual(
    (await list()).map(({ message, count }) => `${message} ${count}`),
    ['x 2', 'y 1'],
  )
  for (let serial = 0; serial < 100; serial++) events.record(about, 'Normal', 'Tested', `${serial}`)
  await clock.advance(1)
  assert.equal((await list()).length, 24)
})

test('an event names the part of its object, and parts are counted apart', async () => {
  const { client, clock, create } = setUp(async () => done)
  const about = await create('a')
  const events = createEventRecorder({ client, clock, random: seededRandom(1), log: silentLog, component: 'c' })
  for (const path of ['spec.containers{x}', 'spec.containers{y}', 'spec.containers{x}']) {
    events.record(about, 'Normal', 'Started', 'Container started', path)
  }
  await clock.advance(1)
  assert.deepEqual(
    (await client.list(EVENTS)).items.map(({ count, involvedObject }) => `${involvedObject.fieldPath} ${count}`),
    ['spec.containers{x} 2', 'spec.containers{y} 1'],
  )
})

test('an event that cannot be written is forgotten', async () => {
  const { client, clock, create, transport } = setUp(async () => done)
  const about = await create('a')
  const events = createEventRecorder({ client, clock, random: seededRandom(1), log: silentLog, component: 'c' })
  transport.failNext(({ resource }) => resource === 'events', ApiError.from(new Error('down')))
  events.record(about, 'Normal', 'Tested', 'lost')
  events.record(about, 'Normal', 'Tested', 'kept')
  await clock.advance(1)
  assert.deepEqual(
    (await client.list(EVENTS)).items.map(({ message }) => message),
    ['kept'],
  )
})

test('events about one object wait for each other, those about others do not', async () => {
  const { client, clock, create } = setUp(async () => done)
  const [a, b] = [await create('a'), await create('b')]
  const begun: string[] = []
  const gate = Promise.withResolvers<void>()
  const slow: Client = {
    ...client,
    create: async (resource, draft) => {
      begun.push((draft as unknown as Event).message ?? '')
      await gate.promise
      return client.create(resource, draft)
    },
  }
  const events = createEventRecorder({ client: slow, clock, random: seededRandom(1), log: silentLog, component: 'c' })
  for (const [about, message] of [
    [a, 'a1'],
    [a, 'a2'],
    [b, 'b1'],
  ] as const)
    events.record(about, 'Normal', 'Tested', message)
  await clock.advance(1)
  assert.deepEqual(begun, ['a1', 'b1'])
  gate.resolve()
  await clock.advance(1)
  assert.deepEqual(begun, ['a1', 'b1', 'a2'])
})

test('a change that may wait is seen with the next that may not, and else within its time', async () => {
  const clock = new VirtualClock()
  const taken: number[] = []
  const queue: KeyQueue = new KeyQueue(clock, () => {
    const key = queue.take()
    if (key === undefined) return
    taken.push(clock.now() - began)
    queue.finish(key)
  })
  const began = clock.now()
  queue.addWithin('a', 10)
  await clock.advance(4)
  assert.deepEqual([taken, queue.size], [[], 1])
  queue.add('a')
  queue.addWithin('a', 10)
  queue.addWithin('a', 20)
  await clock.advance(100)
  assert.deepEqual([taken, queue.size], [[4, 14], 0])
})
