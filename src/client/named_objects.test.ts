import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG_MAPS } from '../api/resources.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { createFakeTransport } from './fake_transport.ts'
import { NamedObjects } from './named_objects.ts'
import { createClient } from './typed_client.ts'

test('it knows what is wanted, by name, from the first look on, and forgets the rest', async () => {
  const client = createClient(createFakeTransport(systemClock))
  const make = (name: string, value: string) =>
    client.create(CONFIG_MAPS, { metadata: { namespace: 'n', name }, data: { value } })
  await make('one', '1')
  await make('two', '1')
  const cache = new NamedObjects(CONFIG_MAPS, { client, clock: systemClock, log: silentLog })
  const told: string[] = []
  cache.onChange(({ key, current }) => told.push(`${key} ${current?.data?.['value'] ?? 'gone'}`))
  cache.want(new Set(['n/one', 'n/later']))
  await cache.looked(['n/one', 'n/later'])
  assert.equal(cache.get('n/one')?.data?.['value'], '1')
  assert.equal(cache.get('n/two'), undefined)
  assert.equal(cache.get('n/later'), undefined)
  await make('later', '2')
  for (let tries = 0; cache.get('n/later') === undefined && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.deepEqual(told, ['n/one 1', 'n/later 2'])
  cache.want(new Set(['n/two']))
  await cache.looked(['n/two'])
  assert.deepEqual(
    cache.list().map(({ metadata }) => metadata.name),
    ['two'],
  )
  cache.stop()
})
