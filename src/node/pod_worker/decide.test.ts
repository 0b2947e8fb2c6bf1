import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Pod } from '../../api/types.ts'
import type { RuntimeContainer, Sandbox } from '../runtime.ts'
import { decide } from './decide.ts'
import type { OperationKey, PodView } from './view.ts'

const NOW = Date.UTC(2026, 0, 1)
const NAMES = ['init', 'sidecar', 'app', 'helper'] as const

/** Any state that a pod and its containers can be in, also those that should not happen. */
const anyView: fc.Arbitrary<PodView> = fc
  .record({
    deleting: fc.boolean(),
    gone: fc.boolean(),
    phase: fc.constantFrom(undefined, 'Pending', 'Running', 'Succeeded', 'Failed'),
    restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
    sandboxes: fc.array(fc.constantFrom<'ready' | 'notready'>('ready', 'notready'), { maxLength: 2 }),
    states: fc.array(
      fc.record({
        name: fc.constantFrom(...NAMES),
        state: fc.constantFrom<RuntimeContainer['state']>('created', 'running', 'exited', 'unknown'),
        exitCode: fc.constantFrom(0, 1, 137),
        sandbox: fc.constantFrom(0, 1),
      }),
      { maxLength: 6 },
    ),
    volumesMounted: fc.boolean(),
    inFlight: fc.uniqueArray(fc.constantFrom<OperationKey>('volumes', 'sandbox', 'start app', 'stop c0', 'delete'), {
      maxLength: 2,
    }),
    finalStatusReported: fc.boolean(),
  })
  .map(viewOf)

function viewOf(raw: {
  readonly deleting: boolean
  readonly gone: boolean
  readonly phase: string | undefined
  readonly restartPolicy: string
  readonly sandboxes: readonly ('ready' | 'notready')[]
  readonly states: readonly { name: string; state: RuntimeContainer['state']; exitCode: number; sandbox: number }[]
  readonly volumesMounted: boolean
  readonly inFlight: readonly OperationKey[]
  readonly finalStatusReported: boolean
}): PodView {
  const deletion = raw.deleting
    ? { deletionTimestamp: new Date(NOW + 30_000).toISOString(), deletionGracePeriodSeconds: 30 }
    : {}
  const container = (name: string) => ({ name, image: `example/${name}` })
  const pod = {
    metadata: { name: 'p', namespace: 'default', uid: 'u', ...deletion },
    spec: {
      restartPolicy: raw.restartPolicy,
      initContainers: [container('init'), { ...container('sidecar'), restartPolicy: 'Always' }],
      containers: [container('app'), container('helper')],
    },
    status: { phase: raw.phase },
  } as unknown as Pod
  const identity = { namespace: 'default', name: 'p', uid: 'u' }
  const sandboxes = raw.sandboxes.map(
    (state, at): Sandbox => ({ id: `s${at}`, pod: identity, attempt: at, state, createdAt: NOW, ips: ['10.0.0.5'] }),
  )
  const containers = raw.states.map(
    ({ exitCode, name, sandbox, state }, at) =>
      ({
        id: `c${at}`,
        pod: identity,
        sandboxId: `s${sandbox}`,
        name,
        attempt: at,
        state,
        exitCode,
        createdAt: NOW,
        startedAt: NOW,
        finishedAt: NOW,
        annotations: {},
      }) as unknown as RuntimeContainer,
  )
  return {
    ...{ now: NOW, pod, gone: raw.gone, sandboxes, containers, volumesMounted: raw.volumesMounted },
    ...{ failures: new Map(), backOffs: new Map(), probes: new Map(), hooksPending: new Set(), stopping: new Map() },
    ...{
      terminationMessages: new Map(),
      inFlight: new Set(raw.inFlight),
      finalStatusReported: raw.finalStatusReported,
    },
    node: { hostIps: ['172.30.0.1'], runtimeName: 'test' },
  }
}

const isRunning = (view: PodView): boolean => view.containers.some((one) => one.state === 'running')
const isEnding = (view: PodView): boolean => view.gone || view.pod.metadata.deletionTimestamp !== undefined

test('a name is given up only when nothing of the pod runs and its end has been told', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      if (!decide(view).actions.some((action) => action.do === 'deletePod')) return
      assert.ok(!isRunning(view) && view.finalStatusReported && isEnding(view) && !view.volumesMounted)
      assert.ok(!view.sandboxes.some((one) => one.state === 'ready'))
      assert.ok(![...view.inFlight].some((key) => key.startsWith('start')))
    }),
  )
})

test('nothing starts in a pod that ends, and nothing starts without volumes and a sandbox', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      for (const action of decide(view).actions) {
        if (action.do !== 'startContainer' && action.do !== 'runSandbox') continue
        assert.ok(!isEnding(view) && (view.volumesMounted || action.do === 'runSandbox'))
        if (action.do === 'startContainer')
          assert.ok(view.sandboxes.some((one) => one.id === action.sandboxId && one.state === 'ready'))
        if (action.do === 'startContainer')
          assert.ok(
            !view.containers.some(
              (one) =>
                one.name === action.name &&
                one.sandboxId === action.sandboxId &&
                one.state === 'running' &&
                one.attempt >= action.attempt,
            ),
          )
      }
    }),
  )
})

test('only what has ended is removed, and a pod is forgotten only when nothing is left', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      for (const action of decide(view).actions) {
        const target = 'id' in action ? view.containers.find((one) => one.id === action.id) : undefined
        if (action.do === 'removeContainer') assert.notEqual(target?.state, 'running')
        if (action.do === 'forget') assert.ok(view.gone && view.containers.length === 0 && view.sandboxes.length === 0)
      }
    }),
  )
})

test('a terminal phase stays, and one view gives one plan', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      const plan = decide(view)
      assert.deepEqual(decide(view), plan)
      const before = view.pod.status?.phase
      if ((before === 'Failed' || before === 'Succeeded') && !view.gone) assert.equal(plan.status?.phase, before)
    }),
  )
})

test('a pod that is deleted before its first container has started ends as failed', () => {
  const raw = { deleting: true, gone: false, phase: 'Pending', restartPolicy: 'Always', volumesMounted: false }
  const view = viewOf({ ...raw, sandboxes: [], states: [], inFlight: [], finalStatusReported: false })
  const { initContainers: _, ...spec } = view.pod.spec
  assert.equal(decide({ ...view, pod: { ...view.pod, spec } }).status?.phase, 'Failed')
})
