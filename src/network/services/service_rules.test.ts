import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENDPOINT_SLICES, SERVICES } from '../../api/resources.ts'
import type { KubeObject } from '../../api/types.ts'
import { silentLog } from '../../base/log.ts'
import { VirtualClock } from '../../base/virtual_clock.ts'
import { createFakeTransport } from '../../client/fake_transport.ts'
import { createInformers } from '../../client/informers.ts'
import { createClient } from '../../client/typed_client.ts'
import { ServiceRules } from './service_rules.ts'

async function createWorld() {
  const clock = new VirtualClock()
  const client = createClient(createFakeTransport(clock))
  const informers = createInformers({ client, clock, log: silentLog })
  const applied: string[] = []
  const broken = { left: 0 }
  const apply = async (commands: string) => {
    if (broken.left-- > 0) throw new Error('Could not process rule')
    applied.push(commands)
  }
  const servedHere = new Set(['default/kubernetes'])
  const options = { serviceRange: '10.96.0.0/12', nodeName: 'node-0', servedHere }
  const rules = new ServiceRules({ informers, clock, log: silentLog, apply, ...options })
  const service = (name: string, clusterIP: string) =>
    client.create(SERVICES, { metadata: { namespace: 'default', name }, spec: { clusterIP, ports: [{ port: 80 }] } })
  const slice = (name: string, addresses: readonly string[]): Promise<KubeObject> =>
    client.create(ENDPOINT_SLICES, {
      metadata: { namespace: 'default', name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ port: 8080 }],
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    })
  await service('kubernetes', '10.96.0.1')
  await service('web', '10.96.0.5')
  const stop = () => {
    rules.stop()
    informers.stop()
  }
  return { clock, client, informers, applied, broken, rules, service, slice, stop }
}

test('everything is written once, and then only what changed', async () => {
  const { applied, clock, informers, rules, slice, stop } = await createWorld()
  await informers.start()
  await rules.start()
  assert.equal(applied.length, 1)
  assert.match(applied[0] ?? '', /no_endpoints \{ 10\.96\.0\.5 \. tcp \. 80/)
  assert.doesNotMatch(applied[0] ?? '', /10\.96\.0\.1 /, 'the node answers for the API itself')
  await slice('web', ['10.0.0.5', '10.0.0.6'])
  await clock.advance(100)
  assert.equal(applied.length, 2)
  assert.doesNotMatch(applied[1] ?? '', /delete table/)
  assert.match(applied[1] ?? '', /numgen random mod 2/)
  await clock.advance(60_000)
  assert.equal(applied.length, 2)
  stop()
})

test('a change that the kernel refuses is followed by a table written anew, until one is taken', async () => {
  const { applied, broken, clock, informers, rules, slice, stop } = await createWorld()
  await informers.start()
  await rules.start()
  broken.left = 3
  await slice('web', ['10.0.0.5'])
  await clock.advance(10_000)
  assert.equal(applied.length, 2)
  assert.match(applied[1] ?? '', /delete table ip berth[\s\S]*dnat to 10\.0\.0\.5:8080/)
  stop()
})
