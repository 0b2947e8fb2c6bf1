import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job, JobStatus, Pod } from '../../api/types.ts'
import { decideJob, type JobPlan } from './decide.ts'
import { parseIndexes, writeIndexes } from './indexes.ts'
import { FAILURES, INDEX, TRACKING_FINALIZER } from './labels.ts'
import { newPod } from './new_pod.ts'

const NOW = Date.parse('2026-11-21T00:10:00Z')
const AT = '2026-11-21T00:00:00Z'

function job(spec: object, status?: JobStatus): Job {
  const metadata = { name: 'task', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: AT }
  const whole = { completions: 1, parallelism: 1, selector: { matchLabels: { job: 'u' } }, template: {}, ...spec }
  return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: whole, ...(status && { status }) } as unknown as Job
}

function pod(name: string, phase: string, extra: { index?: number; free?: boolean; ending?: boolean } = {}): Pod {
  const metadata = {
    name,
    uid: name,
    namespace: 'n',
    labels: { job: 'u' },
    creationTimestamp: AT,
    ...(extra.index === undefined ? {} : { annotations: { [INDEX]: String(extra.index) } }),
    ...(extra.free ? {} : { finalizers: [TRACKING_FINALIZER] }),
    ...(extra.ending ? { deletionTimestamp: AT } : {}),
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'task', uid: 'u', controller: true }],
  }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status: { phase } } as unknown as Pod
}

const decide = (of: Job, ...pods: Pod[]): JobPlan => decideJob({ job: of, candidates: pods, now: NOW })
const typesOf = (plan: JobPlan) => plan.statuses?.counted.conditions?.map(({ type }) => type)

test('an end is noted by uid before the pod is let go, and counted after', () => {
  const plan = decide(job({ completions: 2 }), pod('a', 'Succeeded'), pod('b', 'Running'))
  assert.deepEqual(
    plan.free.map(({ metadata }) => metadata.name),
    ['a'],
  )
  assert.deepEqual(plan.statuses?.noted.uncountedTerminatedPods, { succeeded: ['a'] })
  assert.equal(plan.statuses?.noted.succeeded, undefined)
  assert.equal(plan.statuses?.counted.succeeded, 1)
})

test('an end that was noted before a crash is counted once, whether its pod was let go or not', () => {
  const noted = { uncountedTerminatedPods: { succeeded: ['a'] } }
  for (const free of [true, false]) {
    const plan = decide(job({ completions: 2 }, noted), pod('a', 'Succeeded', { free }), pod('b', 'Running'))
    assert.equal(plan.statuses?.counted.succeeded, 1)
  }
})

test('a Job is over only when its last pod has ended', () => {
  assert.deepEqual(typesOf(decide(job({}), pod('a', 'Succeeded'))), ['SuccessCriteriaMet', 'Complete'])
  const plan = decide(job({ parallelism: 2 }), pod('a', 'Succeeded'), pod('b', 'Running'))
  assert.deepEqual(typesOf(plan), ['SuccessCriteriaMet'])
  assert.deepEqual(
    plan.remove.map(({ metadata }) => metadata.name),
    ['b'],
  )
})

test('failures: back-off, the limit, the policy', () => {
  const waiting = decide(job({ backoffLimit: 6 }), pod('a', 'Failed'))
  assert.deepEqual(waiting.create, [undefined], 'ten minutes after the failure a pod may be made')
  const soon = decideJob({ job: job({}), candidates: [pod('a', 'Failed')], now: Date.parse(AT) + 4_000 })
  assert.deepEqual([soon.create, soon.lookAgainMs], [[], 6_000])
  assert.deepEqual(typesOf(decide(job({ backoffLimit: 0 }), pod('a', 'Failed'))), ['FailureTarget', 'Failed'])
  const rules = [{ action: 'FailJob', onPodConditions: [{ type: 'Lost', status: 'True' }] }]
  const lost = {
    ...pod('a', 'Failed'),
    status: { phase: 'Failed', conditions: [{ type: 'Lost', status: 'True' }] },
  } as Pod
  const failed = decide(job({ podFailurePolicy: { rules } }), lost).statuses?.counted.conditions?.at(-1)
  assert.equal(failed?.message, 'Pod n/a has condition Lost matching FailJob rule at index 0')
})

test('a Job that fails takes its running pods along', () => {
  const plan = decide(job({ backoffLimit: 0, parallelism: 2 }), pod('a', 'Failed'), pod('b', 'Running'))
  assert.deepEqual([typesOf(plan), plan.statuses?.counted.failed, plan.free.length], [['FailureTarget'], 2, 2])
  assert.deepEqual(plan.statuses?.noted.uncountedTerminatedPods, { failed: ['a', 'b'] })
})

test('an indexed Job does each part once', () => {
  const spec = { completionMode: 'Indexed', completions: 4, parallelism: 3 }
  const plan = decide(job(spec), pod('a', 'Succeeded', { index: 1 }), pod('b', 'Running', { index: 0 }))
  assert.deepEqual(plan.create, [2, 3])
  assert.equal(plan.statuses?.counted.completedIndexes, '1')
  assert.equal(writeIndexes([5, 0, 2, 3, 4, 7, 8]), '0,2-5,7,8')
  assert.deepEqual([...parseIndexes('0,2-5', 5)], [0, 2, 3, 4])
})

test('each part of an indexed Job may have a limit of its own', () => {
  const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 }
  const failed = (name: string, index: number, before: number): Pod => {
    const one = pod(name, 'Failed', { index })
    const annotations = { ...one.metadata.annotations, [FAILURES]: String(before) }
    return { ...one, metadata: { ...one.metadata, annotations } }
  }
  const first = failed('a', 0, 0)
  const again = decide(job(spec), first, pod('b', 'Running', { index: 1 }))
  assert.deepEqual([again.create, again.free, again.held.get(0)?.metadata.name], [[0], [], 'a'])
  assert.equal(newPod(job(spec), 0, again.held.get(0)).metadata.annotations?.[FAILURES], '1')
  assert.equal(again.statuses?.counted.failed, undefined, 'it counts when its successor is there')
  const replaced = decide(job(spec), first, pod('c', 'Running', { index: 0 }), pod('b', 'Running', { index: 1 }))
  assert.deepEqual([replaced.free.length, replaced.statuses?.counted.failed], [1, 1])

  const givenUp = decide(job(spec), failed('c', 0, 1), pod('b', 'Running', { index: 1 }))
  assert.deepEqual([givenUp.create, givenUp.free.length], [[], 1])
  assert.equal(givenUp.statuses?.counted.failedIndexes, '0')
  const end = decide(job(spec), failed('c', 0, 1), pod('b', 'Succeeded', { index: 1 }))
  assert.equal(end.statuses?.counted.conditions?.at(-1)?.reason, 'FailedIndexes')
  const most = decide(job({ ...spec, maxFailedIndexes: 0 }), failed('c', 0, 1), pod('b', 'Running', { index: 1 }))
  assert.equal(most.statuses?.counted.conditions?.at(-1)?.reason, 'MaxFailedIndexesExceeded')
})

test('a rule may give up a part at its first failure', () => {
  const rules = [{ action: 'FailIndex', onPodConditions: [{ type: 'Lost', status: 'True' }] }]
  const limits = { backoffLimitPerIndex: 5, podFailurePolicy: { rules } }
  const lost = { phase: 'Failed', conditions: [{ type: 'Lost', status: 'True' }] }
  const pods = [{ ...pod('a', 'Failed', { index: 0 }), status: lost } as Pod, pod('b', 'Running', { index: 1 })]
  const plan = decide(job({ completionMode: 'Indexed', completions: 2, parallelism: 2, ...limits }), ...pods)
  assert.deepEqual([plan.create, plan.statuses?.counted.failedIndexes], [[], '0'])
})

test('a suspended Job deletes its pods, and its time starts anew', () => {
  const plan = decide(job({ suspend: true }, { startTime: AT } as unknown as JobStatus), pod('a', 'Running'))
  assert.deepEqual(plan.remove.length, 1)
  assert.equal(plan.statuses?.counted.startTime, undefined)
  assert.deepEqual([plan.free.length, plan.statuses?.counted.failed], [1, undefined], 'they have not failed')
})

test('pods that are deleted are neither active nor ready any more', () => {
  const ready = pod('a', 'Running')
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
  const plan = decide(job({ suspend: true }), { ...ready, status } as unknown as Pod)
  const { active, ready: left, terminating } = plan.statuses?.counted ?? {}
  assert.deepEqual([active, left, terminating], [undefined, 0, 1])
})

test('a finished Job goes when its time is over; pods of a Job that has gone are let go', () => {
  const conditions = [{ type: 'Complete', status: 'True', lastTransitionTime: '2026-11-21T00:09:50Z' }]
  const finished = (ttlSecondsAfterFinished: number) =>
    decide(job({ ttlSecondsAfterFinished }, { conditions } as unknown as JobStatus))
  assert.deepEqual([finished(10).expired, finished(15).expired, finished(15).lookAgainMs], [true, false, 5_000])
  const ending = job({ ttlSecondsAfterFinished: 10 }, { conditions } as unknown as JobStatus)
  const { expired, lookAgainMs } = decide({ ...ending, metadata: { ...ending.metadata, deletionTimestamp: AT } })
  assert.deepEqual([expired, lookAgainMs], [false, undefined], 'it is deleted once, and not looked at without end')
  assert.equal(decideJob({ job: undefined, candidates: [pod('a', 'Running')], now: NOW }).free.length, 1)
})
