import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { EVENTS, PODS, STATEFUL_SETS } from '../../api/resources.ts'
import type { StatsSummary } from '../../api/stats_summary.ts'
import { silentLog } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import { toRfc3339 } from '../../base/time.ts'
import { VirtualClock } from '../../base/virtual_clock.ts'
import type { Client } from '../../client/client.ts'
import { createClient } from '../../client/typed_client.ts'
import { type ControlPlane, createControlPlane } from '../../main/control_plane.ts'
import { MemoryJournal } from '../../store/memory_journal.ts'
import { createStore } from '../../store/mvcc.ts'
import { rescale } from './act.ts'
import { AUTOSCALERS, type Autoscaler } from './autoscaler.ts'
import { NOTHING_KNOWN } from './memory.ts'
import { SCALABLE } from './targets.ts'

/** A whole control plane in virtual time. Its pods run as soon as they are there, and use what the test says. */
let clock: VirtualClock
let plane: ControlPlane
let client: Client
let cores = 0
const spent = new Map<string, number>()

async function begin(measured: boolean): Promise<void> {
  clock = new VirtualClock()
  cores = 0
  spent.clear()
  const shared = { clock, random: seededRandom('autoscaling'), log: silentLog }
  const store = await createStore({ journal: new MemoryJournal(), clock, log: silentLog, freeze: true })
  plane = await createControlPlane({ ...shared, store, ...(measured ? { nodeStats: { summary } } : {}) })
  client = createClient(plane.server.transport({ name: 'admin', groups: ['system:masters'] }))
  const volumes = { create: async (name: string) => name, delete: async () => {} }
  plane.startControllers({ authority: 'PEM', featureGates: new Map(), volumes })
  await client.create(
    { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false },
    { metadata: { name: 'one' } },
  )
  await pass(1)
}

async function summary(nodeName: string): Promise<StatsSummary> {
  const time = new Date(clock.now()).toISOString()
  const memory = { time, usageBytes: 1 << 20, workingSetBytes: 1 << 20 }
  const { items } = await client.list(PODS, { namespace: 'default' })
  const pods = items.map(({ metadata: { name, uid } }) => {
    const cpu = { time, usageCoreNanoSeconds: spent.get(uid) ?? 0 }
    const containers = [{ name: 'web', startTime: '2026-01-01T00:00:00Z', cpu, memory }]
    return { podRef: { namespace: 'default', name, uid }, containers }
  })
  return { node: { nodeName }, pods }
}

/** Lets so many seconds pass; pods become Ready as they appear, and spend what they are told to. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    const { items } = await client.list(PODS, { namespace: 'default' })
    for (const { metadata, status } of items) {
      spent.set(metadata.uid, (spent.get(metadata.uid) ?? 0) + cores * 1e9)
      if (status?.phase === 'Running') continue
      const at = toRfc3339(clock.now())
      const ready = { type: 'Ready', status: 'True', lastTransitionTime: at }
      const body = { status: { phase: 'Running', startTime: at, conditions: [ready] } }
      await client.patch(
        PODS,
        { namespace: 'default', name: metadata.name },
        { type: 'merge', body, subresource: 'status' },
      )
    }
    await clock.advance(1000)
  }
}

async function createSet(replicas: number): Promise<void> {
  const container = { name: 'web', image: 'web:1', resources: { requests: { cpu: '500m' } } }
  await client.create(STATEFUL_SETS, {
    metadata: { namespace: 'default', name: 'web' },
    spec: {
      replicas,
      serviceName: 'web',
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } },
    },
  } as never)
}

async function createAutoscaler(spec: object = {}): Promise<void> {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' }
  const target = { type: 'Utilization', averageUtilization: 50 }
  await client.create(AUTOSCALERS, {
    metadata: { namespace: 'default', name: 'web' },
    spec: {
      scaleTargetRef,
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      ...spec,
    },
  } as never)
}

const web = { namespace: 'default', name: 'web' }
const sizeOfSet = async () => (await client.get(STATEFUL_SETS, web)).spec.replicas
const autoscaler = (): Promise<Autoscaler> => client.get(AUTOSCALERS, web)
const conditionsOf = async () =>
  (await autoscaler()).status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)
const eventsOf = async () =>
  (await client.list(EVENTS, { namespace: 'default' })).items
    .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler')
    .map(({ reason, message }) => `${reason}: ${message}`)

beforeEach(() => begin(true))
afterEach(() => plane.stop())

test('a busy set grows, an idle one shrinks after five minutes', async () => {
  await createSet(1)
  await createAutoscaler()
  cores = 0.5
  await pass(14)
  assert.deepEqual((await autoscaler()).status?.conditions, undefined)
  await pass(106)
  assert.equal(await sizeOfSet(), 5)
  assert.deepEqual((await autoscaler()).status?.currentMetrics?.[0]?.resource?.current, {
    averageUtilization: 100,
    averageValue: '500m',
  })
  assert.deepEqual(await conditionsOf(), [
    'AbleToScale True ReadyForNewScale',
    'ScalingActive True ValidMetricFound',
    'ScalingLimited True TooManyReplicas',
  ])
  const grown = await eventsOf()
  assert.ok(
    grown.includes(
      'SuccessfulRescale: New size: 2; reason: cpu resource utilization (percentage of request) above target',
    ),
    grown.join('\n'),
  )
  cores = 0.05
  await pass(240)
  assert.equal(await sizeOfSet(), 5)
  assert.ok((await conditionsOf())?.includes('AbleToScale True ScaleDownStabilized'))
  await pass(120)
  assert.equal(await sizeOfSet(), 1)
  assert.ok((await eventsOf()).includes('SuccessfulRescale: New size: 1; reason: All metrics below target'))
})

test('bounds hold before anything was measured, and zero turns it off', async () => {
  await createSet(7)
  await createAutoscaler({ minReplicas: 2 })
  await pass(20)
  assert.equal(await sizeOfSet(), 5)
  const events = await eventsOf()
  assert.ok(
    events.includes('SuccessfulRescale: New size: 5; reason: Current number of replicas above Spec.MaxReplicas'),
  )
  await client.patch(STATEFUL_SETS, web, { type: 'merge', body: { spec: { replicas: 0 } } })
  await pass(30)
  assert.equal(await sizeOfSet(), 0)
  assert.ok((await conditionsOf())?.includes('ScalingActive False ScalingDisabled'))
})

test('metrics that nobody serves, and a target that is not there', async () => {
  await createAutoscaler({
    metrics: [
      { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '10' } } },
    ],
  })
  await pass(20)
  const [missing] = (await autoscaler()).status?.conditions ?? []
  assert.deepEqual(
    [missing?.reason, missing?.message],
    [
      'FailedGetScale',
      'the HPA controller was unable to get the target\'s current scale: statefulsets.apps "web" not found',
    ],
  )
  await createSet(1)
  await pass(20)
  const why =
    'unable to get metric hits: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
  const active = (await autoscaler()).status?.conditions?.find(({ type }) => type === 'ScalingActive')
  assert.deepEqual(
    [active?.status, active?.reason, active?.message],
    ['False', 'FailedGetPodsMetric', `the HPA was unable to compute the replica count: ${why}`],
  )
  const events = await eventsOf()
  assert.ok(events.includes(`FailedGetPodsMetric: ${why}`))
  assert.ok(
    events.includes(
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get pods metric value: ${why}`,
    ),
  )
})

test('where nobody measures, it says so and changes nothing', async () => {
  await plane.stop()
  await begin(false)
  await createSet(2)
  await createAutoscaler()
  await pass(20)
  const active = (await autoscaler()).status?.conditions?.find(({ type }) => type === 'ScalingActive')
  assert.equal(
    active?.message,
    'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
  )
  assert.equal(await sizeOfSet(), 2)
})

test('two autoscalers for the same pods stand still', async () => {
  await createSet(1)
  await createAutoscaler()
  const one = await autoscaler()
  await client.create(AUTOSCALERS, { metadata: { namespace: 'default', name: 'other' }, spec: one.spec })
  cores = 0.5
  await pass(40)
  assert.equal(await sizeOfSet(), 1)
  const active = (await autoscaler()).status?.conditions?.find(({ type }) => type === 'ScalingActive')
  assert.equal(active?.message, 'pods by selector app=web are controlled by multiple HPAs: [default/other default/web]')
})

test('every kind that has a scale', async () => {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  }
  for (const resource of SCALABLE.filter(({ kind }) => kind !== 'StatefulSet')) {
    const isOld = resource.kind === 'ReplicationController'
    const name = resource.resource
    const labels = { app: name }
    const selector = isOld ? labels : { matchLabels: labels }
    const spec = { replicas: 4, selector, template: { ...template, metadata: { labels } } }
    await client.create(resource, { metadata: { namespace: 'default', name }, spec } as never)
    const scaleTargetRef = { apiVersion: isOld ? 'v1' : 'apps/v1', kind: resource.kind, name }
    await client.create(AUTOSCALERS, {
      metadata: { namespace: 'default', name },
      spec: { scaleTargetRef, maxReplicas: 2 },
    } as never)
  }
  await pass(20)
  for (const resource of SCALABLE.filter(({ kind }) => kind !== 'StatefulSet')) {
    const { spec } = await client.get(resource, { namespace: 'default', name: resource.resource })
    assert.equal(spec?.replicas, 2, resource.kind)
  }
})

test('a target that somebody else scales meanwhile keeps their size', async () => {
  await createSet(3)
  await createAutoscaler({ maxReplicas: 2 })
  await pass(14)
  const seen = await client.get(STATEFUL_SETS, web)
  await client.patch(STATEFUL_SETS, web, { type: 'merge', body: { spec: { replicas: 1 } } })
  const one = await autoscaler()
  const status = { currentReplicas: 3, desiredReplicas: 2, conditions: [] }
  const decision = { status, told: [], rescale: { from: 3, to: 2, reason: 'why' }, memory: NOTHING_KNOWN }
  const [resource] = SCALABLE
  assert.ok(resource !== undefined)
  const acted = await rescale(one, decision, decision.rescale, { client, resource, object: seen, now: clock.now() })
  assert.equal(await sizeOfSet(), 1)
  assert.deepEqual(
    acted.status.conditions?.map(({ type, status: value, reason }) => `${type} ${value} ${reason}`),
    ['AbleToScale False FailedUpdateScale'],
  )
  assert.match(acted.told[0]?.message ?? '', /^New size: 2; reason: why; error: /)
})
