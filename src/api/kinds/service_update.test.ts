import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MutableObject } from '../kind_rules.ts'
import type { Service } from '../types.ts'
import { serviceAllocationErrors } from './service_families.ts'
import { prepareServiceUpdate } from './service_update.ts'
import { serviceUpdateErrors } from './service_validation.ts'

const ADDRESS = {
  clusterIP: '10.96.0.5',
  clusterIPs: ['10.96.0.5'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
}
const service = (spec: object): Service =>
  ({
    metadata: { name: 's' },
    spec: { type: 'ClusterIP', sessionAffinity: 'None', ...spec },
    status: { loadBalancer: {} },
  }) as unknown as Service
/** The spec as it is after a change was prepared. */
function changed(spec: object, old: object): Service {
  const draft = structuredClone(service(spec)) as unknown as MutableObject
  prepareServiceUpdate(draft, service(old))
  return draft as unknown as Service
}

test('what was given out comes back to a client that does not say it', () => {
  const old = {
    ...ADDRESS,
    type: 'NodePort',
    ports: [
      { name: 'a', port: 80, nodePort: 30_001 },
      { name: 'b', port: 81, nodePort: 30_002 },
    ],
  }
  const { spec } = changed(
    {
      type: 'NodePort',
      ports: [
        { name: 'b', port: 90 },
        { name: 'c', port: 91, nodePort: 30_001 },
      ],
    },
    old,
  )
  assert.equal(spec.clusterIP, '10.96.0.5')
  assert.deepEqual(
    spec.ports?.map(({ nodePort }) => nodePort),
    [30_002, 30_001],
  )
})

test('one of the two fields of an address means both, and neither may change', () => {
  const one = changed({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.5'], ports: [{ port: 80 }] }, ADDRESS)
  // Only the list is as it was: which of the two the client meant cannot be known.
  assert.deepEqual(serviceAllocationErrors(one, service(ADDRESS)), [])
  assert.deepEqual(
    serviceUpdateErrors(one, service(ADDRESS)).map(({ field, message }) => `${field}: ${message}`),
    [
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.9"]: may not change once set',
      'spec.ports[0].protocol: Required value',
    ],
  )
})

test('a service that becomes a name gives up what it had, and keeps what was changed', () => {
  const old = {
    ...ADDRESS,
    type: 'LoadBalancer',
    loadBalancerClass: 'a/b',
    allocateLoadBalancerNodePorts: true,
    externalTrafficPolicy: 'Cluster',
  }
  const { spec } = changed({ ...old, type: 'ExternalName', externalName: 'x.y', loadBalancerClass: 'c/d' }, old)
  assert.deepEqual(spec, {
    type: 'ExternalName',
    sessionAffinity: 'None',
    externalName: 'x.y',
    loadBalancerClass: 'c/d',
  })
})

test('a second family is refused before anything else is looked at', () => {
  const errors = serviceAllocationErrors(
    service({ ...ADDRESS, ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] }),
    undefined,
  )
  assert.deepEqual(
    errors.map(({ field }) => field),
    ['spec.ipFamilyPolicy', 'spec.ipFamilies[1]'],
  )
})
