import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndpointSlice, Service } from '../../api/types.ts'
import { servicePortsOf } from './model.ts'

const service = (spec: object, labels: object = {}): Service =>
  ({
    metadata: { namespace: 'n', name: 's', labels },
    spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, nodePort: 30080 }], ...spec },
  }) as unknown as Service

const endpoint = (address: string, nodeName: string, conditions: object = { ready: true }) => ({
  addresses: [address],
  nodeName,
  conditions,
})
const slice = (...endpoints: object[]) =>
  ({ metadata: {}, addressType: 'IPv4', ports: [{ port: 8080 }], endpoints }) as unknown as EndpointSlice

const NEAR = endpoint('10.0.0.1', 'node-0')
const FAR = endpoint('10.0.1.1', 'node-1')

const seen = (of: Service, ...endpoints: object[]) =>
  servicePortsOf(of, [slice(...endpoints)], 'node-0').map(({ id, ips, nodePort, endpoints: to }) => ({
    id,
    ips,
    nodePort,
    to: to.map(({ address }) => address),
  }))

test('a local policy keeps connections on their node, inside or from outside', () => {
  const [both] = seen(service({}), NEAR, FAR)
  assert.deepEqual(both?.to, ['10.0.0.1', '10.0.1.1'])
  const inside = service({ ports: [{ port: 80 }], internalTrafficPolicy: 'Local' })
  assert.deepEqual(seen(inside, NEAR, FAR)[0]?.to, ['10.0.0.1'])
  assert.deepEqual(seen(inside, FAR)[0]?.to, [], 'rather nowhere than elsewhere')
  const ending = endpoint('10.0.0.2', 'node-0', { ready: false, serving: true, terminating: true })
  assert.deepEqual(seen(inside, ending, FAR)[0]?.to, ['10.0.0.2'])
  assert.deepEqual(seen(service({ externalTrafficPolicy: 'Local' }), NEAR, FAR), [
    { id: 'n/s/tcp/80', ips: ['10.96.0.9'], nodePort: undefined, to: ['10.0.0.1', '10.0.1.1'] },
    { id: 'n/s/tcp/80/external', ips: [], nodePort: 30080, to: ['10.0.0.1'] },
  ])
})

test('a service is found at its external addresses too, and one that others carry is left alone', () => {
  assert.deepEqual(seen(service({ externalIPs: ['203.0.113.7'] }), NEAR)[0]?.ips, ['10.96.0.9', '203.0.113.7'])
  assert.deepEqual(seen(service({}, { 'service.kubernetes.io/service-proxy-name': 'mine' }), NEAR), [])
  assert.deepEqual(seen(service({}, { 'service.kubernetes.io/headless': '' }), NEAR), [])
  const foreign = {
    ...slice(NEAR),
    metadata: { labels: { 'service.kubernetes.io/headless': '' } },
  } as unknown as EndpointSlice
  assert.deepEqual(servicePortsOf(service({}), [foreign, slice(FAR)], 'node-0')[0]?.endpoints.length, 1)
})
