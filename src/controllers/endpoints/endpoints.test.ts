import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndpointSlice, Pod, Service } from '../../api/types.ts'
import { decideSlices } from './endpoint_slice_decide.ts'
import { decideEndpoints } from './endpoints_decide.ts'
import { decideMirror } from './mirror_decide.ts'
import type { SlicePlan } from './slice_packing.ts'

const metadata = (name: string) => ({
  name,
  namespace: 'n',
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: '',
})

function service(spec: Partial<Service['spec']> = {}): Service {
  const ports = [{ port: 80, targetPort: 'http', protocol: 'TCP' }]
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('web'),
    spec: { selector: { app: 'web' }, ports, ...spec },
  } as Service
}

function pod(name: string, options: { ready?: boolean; ending?: boolean; port?: number; phase?: string } = {}): Pod {
  const { ready = true, ending = false, port = 8080, phase = 'Running' } = options
  const ports = [{ name: 'http', containerPort: port }]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata(name), labels: { app: 'web' }, ...(ending ? { deletionTimestamp: 'now' } : {}) },
    spec: { nodeName: 'node-0', hostname: name, subdomain: 'web', containers: [{ name: 'c', ports }] },
    status: {
      phase,
      podIPs: [{ ip: `10.0.0.${name.length}` }],
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  }
}

const decide = (pods: readonly Pod[], slices: readonly EndpointSlice[] = [], of = service()): SlicePlan =>
  decideSlices({ service: of, pods, slices, zoneOf: () => undefined })

/** The slices as the server would have them after a plan. */
function carriedOut(plan: SlicePlan, before: readonly EndpointSlice[] = []): EndpointSlice[] {
  const gone = new Set([...plan.update, ...plan.remove].map((slice) => slice.metadata.name))
  const created = plan.create.map((draft, index) => ({
    ...draft,
    metadata: { ...draft.metadata, ...metadata(`s${index}`) },
  }))
  return [...before.filter((slice) => !gone.has(slice.metadata.name)), ...plan.update, ...created] as EndpointSlice[]
}

test('a service without pods has one empty slice, and deciding again changes nothing', () => {
  const plan = decide([])
  assert.deepEqual(plan.create[0]?.endpoints, [])
  assert.deepEqual(plan.create[0]?.ports, [])
  assert.deepEqual(decide([], carriedOut(plan)), { create: [], update: [], remove: [] })
})

test('readiness, ending and publishNotReadyAddresses make the conditions', () => {
  const conditions = (one: Pod, of?: Service) => decide([one], [], of).create[0]?.endpoints?.[0]?.conditions
  assert.deepEqual(conditions(pod('a')), { ready: true, serving: true, terminating: false })
  assert.deepEqual(conditions(pod('a', { ready: false })), { ready: false, serving: false, terminating: false })
  assert.deepEqual(conditions(pod('a', { ending: true })), { ready: false, serving: true, terminating: true })
  const early = service({ publishNotReadyAddresses: true })
  assert.deepEqual(conditions(pod('a', { ready: false }), early), { ready: true, serving: false, terminating: false })
  assert.deepEqual(decide([pod('a', { phase: 'Failed' })]).create[0]?.endpoints, [])
})

test('one pod that changes is one write to the slice that has it', () => {
  const before = carriedOut(decide([pod('a'), pod('bb')]))
  const plan = decide([pod('a'), pod('bb', { ready: false })], before)
  assert.deepEqual([plan.create.length, plan.update.length, plan.remove.length], [0, 1, 0])
  assert.deepEqual(
    plan.update[0]?.endpoints?.map((endpoint) => [endpoint.targetRef?.name, endpoint.conditions?.ready]),
    [
      ['a', true],
      ['bb', false],
    ],
  )
})

test('the empty slice is used for the first pod and stays for the last', () => {
  const empty = carriedOut(decide([]))
  const filled = decide([pod('a')], empty)
  assert.deepEqual([filled.create.length, filled.update.length, filled.remove.length], [0, 1, 0])
  assert.equal(filled.update[0]?.ports?.[0]?.port, 8080)
  const emptied = decide([], carriedOut(filled, empty))
  assert.deepEqual([emptied.update[0]?.endpoints, emptied.update[0]?.ports, emptied.remove], [[], [], []])
})

test('a named port with different numbers makes slices of their own', () => {
  const plan = decide([pod('a', { port: 1 }), pod('bb', { port: 2 })])
  assert.deepEqual(
    plan.create.map((slice) => slice.ports?.[0]?.port),
    [1, 2],
  )
})

test('no slice has more than a hundred endpoints, and a removed pod moves no other', () => {
  const pods = Array.from({ length: 250 }, (_, index) => pod(`p${index}`))
  const before = carriedOut(decide(pods))
  assert.deepEqual(
    before.map((slice) => slice.endpoints?.length),
    [100, 100, 50],
  )
  const plan = decide(pods.slice(1), before)
  assert.deepEqual([plan.create.length, plan.update.length, plan.remove.length], [0, 1, 0])
})

test('Endpoints part the ready from the rest and leave ending pods out', () => {
  const view = { key: 'n/web', service: service(), endpoints: undefined }
  const plan = decideEndpoints({ ...view, pods: [pod('a'), pod('bb', { ready: false }), pod('ccc', { ending: true })] })
  assert.equal(plan.action, 'create')
  const subsets = plan.action === 'create' ? plan.draft.subsets : []
  assert.deepEqual(
    subsets?.map(({ addresses, notReadyAddresses, ports }) => [
      addresses?.[0]?.hostname,
      notReadyAddresses?.length,
      ports,
    ]),
    [['a', 1, [{ port: 8080, protocol: 'TCP' }]]],
  )
})

test('Endpoints go with their service unless somebody made them by hand', () => {
  const managed = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata('web'), labels: { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } },
  }
  const view = { key: 'n/web', service: undefined, pods: [] }
  assert.equal(decideEndpoints({ ...view, endpoints: managed }).action, 'delete')
  assert.equal(decideEndpoints({ ...view, endpoints: { ...managed, metadata: metadata('web') } }).action, 'none')
})

test('Endpoints made by hand are shown as slices, those of a service with a selector are not', () => {
  const subsets = [{ addresses: [{ ip: '10.30.0.1' }], ports: [{ port: 5432, protocol: 'TCP' }] }]
  const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: metadata('web'), subsets }
  const { selector: _none, ...spec } = service().spec
  const plan = decideMirror({ service: { ...service(), spec }, endpoints, slices: [] })
  assert.deepEqual(plan.create[0]?.endpoints, [{ addresses: ['10.30.0.1'], conditions: { ready: true } }])
  assert.deepEqual(plan.create[0]?.ports, [{ name: '', port: 5432, protocol: 'TCP' }])
  assert.deepEqual(decideMirror({ service: service(), endpoints, slices: [] }).create, [])
})
