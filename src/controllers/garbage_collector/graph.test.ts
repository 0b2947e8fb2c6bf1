import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG_MAPS, SECRETS } from '../../api/resources.ts'
import { silentLog } from '../../base/log.ts'
import { settleMicrotasks, VirtualClock } from '../../base/virtual_clock.ts'
import { createFakeTransport } from '../../client/fake_transport.ts'
import { createInformers } from '../../client/informers.ts'
import { createClient } from '../../client/typed_client.ts'
import { createOwnerGraph } from './graph.ts'

test('the graph follows objects of all resources through owners that change and names that pass on', async () => {
  const clock = new VirtualClock()
  const client = createClient(createFakeTransport(clock))
  const informers = createInformers({ client, clock, log: silentLog })
  const graph = createOwnerGraph(informers, [CONFIG_MAPS, SECRETS])
  await informers.start()
  const owned = (uid: string) => [...graph.dependentsOf(uid)].map(({ object }) => object.metadata.name).sort()
  const by = (uid: string) => [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }]

  const first = await client.create(CONFIG_MAPS, { metadata: { namespace: 'one', name: 'owner' } })
  const { uid } = first.metadata
  const part = await client.create(SECRETS, { metadata: { namespace: 'one', name: 'part', ownerReferences: by(uid) } })
  await client.create(CONFIG_MAPS, { metadata: { namespace: 'one', name: 'other', ownerReferences: by(uid) } })
  await settleMicrotasks()
  assert.equal(graph.find(part.metadata.uid)?.resource, SECRETS)
  assert.deepEqual(owned(uid), ['other', 'part'])

  await client.delete(CONFIG_MAPS, { namespace: 'one', name: 'owner' })
  const second = await client.create(CONFIG_MAPS, { metadata: { namespace: 'one', name: 'owner' } })
  const moved = { ...part, metadata: { ...part.metadata, ownerReferences: by(second.metadata.uid) } }
  await client.update(SECRETS, moved)
  await settleMicrotasks()
  assert.deepEqual([graph.find(uid), owned(uid)], [undefined, ['other']])
  assert.deepEqual(owned(second.metadata.uid), ['part'])
  informers.stop()
})
