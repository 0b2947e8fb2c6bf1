import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from '../types.ts'
import { deploymentRules } from './deployment.ts'
import type { Loose } from './draft.ts'
import { jobRules } from './job.ts'
import { loadBalancerErrors } from './load_balancer_status.ts'
import { nodeRules } from './node.ts'
import { podRules } from './pod/pod.ts'

const faults = (errors: readonly { field: string; message: string }[]) =>
  errors.map(({ field, message }) => `${field}: ${message}`)

/** An object of any kind with this status, and nothing else that its status is checked against. */
const withStatus = <T extends KubeObject>(status: object, spec: object = {}): T =>
  ({ metadata: { name: 'x' }, spec, status }) as unknown as T

const context = {} as never

test('replicas are counted within each other', () => {
  const change = (status: object) =>
    faults(deploymentRules.validateStatusUpdate?.(withStatus(status), withStatus({}), context) ?? [])
  assert.deepEqual(change({ replicas: 3, updatedReplicas: 2, readyReplicas: 3, availableReplicas: 1 }), [])
  assert.deepEqual(change({ replicas: 1, availableReplicas: 1, collisionCount: -1 }), [
    'status.collisionCount: Invalid value: -1: must be greater than or equal to 0',
    'status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas',
  ])
})

const jobChange = (now: object, before: object = {}, spec: object = {}) =>
  faults(jobRules.validateStatusUpdate?.(withStatus(now, spec), withStatus(before, spec), context) ?? [])
const conditions = (...types: string[]) => types.map((type) => ({ type, status: 'True' }))
const times = { startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T01:00:00Z' }

test('a job ends by its way, with its times, and stays ended', () => {
  const complete = { ...times, succeeded: 1, conditions: conditions('SuccessCriteriaMet', 'Complete') }
  assert.deepEqual(jobChange(complete), [])
  assert.deepEqual(jobChange(complete, complete), [])
  assert.deepEqual(jobChange({ startTime: times.startTime, succeeded: 1 }, complete), [
    'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
    'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
  ])
  assert.deepEqual(jobChange({ conditions: conditions('Failed') }), [
    'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
    'status.startTime: Required value: startTime is required for finished job',
  ])
})

test('what a job counted stays counted, and what was wrong already is let be', () => {
  assert.deepEqual(jobChange({ failed: 1 }, { failed: 2 }), [
    'status.failed: Invalid value: 1: cannot decrease the failed counter',
  ])
  const odd = { completedIndexes: '1', ready: 2 }
  assert.equal(jobChange(odd).length, 2)
  assert.deepEqual(jobChange(odd, odd), [])
})

test('a load balancer has addresses and names; what it had before is let be', () => {
  const status = { loadBalancer: { ingress: [{ ip: '010.0.0.1' }, { hostname: '10.0.0.1' }] } }
  assert.deepEqual(faults(loadBalancerErrors(status, undefined)), [
    'status.loadBalancer.ingress[0].ip: Invalid value: "010.0.0.1": must not have leading 0s',
    'status.loadBalancer.ingress[1].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
  ])
  assert.equal(loadBalancerErrors(status, status).length, 1)
})

test("a pod's addresses are of different families, and its deletion is not told by its status", () => {
  const change = (status: object) =>
    faults(podRules.validateStatusUpdate?.(withStatus(status, { containers: [] }), withStatus({}), context) ?? [])
  assert.deepEqual(change({ podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }), [])
  assert.deepEqual(change({ podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] }), [
    'status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family',
  ])
  const draft: Loose = { metadata: { name: 'x', deletionTimestamp: times.startTime }, status: {} }
  podRules.prepareStatusUpdate?.(draft, withStatus({}), context)
  assert.equal(draft.metadata.deletionTimestamp, undefined)
})

test('a node names its features in order, and each address once', () => {
  const address = { type: 'InternalIP', address: '10.0.0.1' }
  const status = { declaredFeatures: ['B', 'A'], addresses: [address, address], capacity: { cpu: '-1' } }
  const errors = nodeRules.validateStatusUpdate?.(withStatus(status), withStatus({}), context) ?? []
  assert.deepEqual(faults(errors), [
    'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
    'status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically',
    'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
  ])
})
