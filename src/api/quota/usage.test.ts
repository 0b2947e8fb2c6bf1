import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject, Pod, ResourceQuota } from '../types.ts'
import { unspecified } from './pod_usage.ts'
import { isInScope } from './scopes.ts'
import { resourceLimitedBy, usageOf } from './usage.ts'

const PODS = { group: '', resource: 'pods' }
const container = (name: string, requests: object, limits: object = {}) => ({ name, resources: { requests, limits } })
const pod = (spec: object, status: object = {}): Pod => ({ metadata: { name: 'p' }, spec, status }) as unknown as Pod

test('a pod counts with the greater of what starts it and what runs', () => {
  const starting = container('init', { cpu: '3' })
  const running = [container('a', { cpu: '500m', memory: '1Gi' }, { cpu: '1' }), container('b', { cpu: '1' })]
  assert.deepEqual(usageOf(PODS, pod({ initContainers: [starting], containers: running }), 0), {
    'count/pods': '1',
    pods: '1',
    cpu: '3',
    'requests.cpu': '3',
    memory: '1Gi',
    'requests.memory': '1Gi',
    'limits.cpu': '1',
  })
})

test('a pod that has ended counts only as an object', () => {
  const ended = pod({ containers: [container('a', { cpu: '1' })] }, { phase: 'Succeeded' })
  assert.deepEqual(usageOf(PODS, ended, 0), { 'count/pods': '1' })
})

test('a quota over requests wants every container to say them', () => {
  const two = pod({ containers: [container('a', { memory: '1Gi' }), container('b', {})] })
  assert.equal(
    unspecified(two, ['requests.memory', 'requests.cpu', 'pods']),
    'requests.cpu for: a,b; requests.memory for: b',
  )
})

test('names of quotas say which resource they limit', () => {
  const names = [
    'requests.cpu',
    'count/jobs.batch',
    'services.nodeports',
    'fast.storageclass.storage.k8s.io/requests.storage',
  ]
  assert.deepEqual(names.map(resourceLimitedBy), ['pods', 'jobs.batch', 'services', 'persistentvolumeclaims'])
})

test('a quota with a scope counts only what fits it, and nothing but pods', () => {
  const quota = { spec: { scopes: ['BestEffort'] } } as unknown as ResourceQuota
  assert.equal(isInScope(quota, PODS, pod({ containers: [{ name: 'a' }] })), true)
  assert.equal(isInScope(quota, PODS, pod({ containers: [container('a', { cpu: '1' })] })), false)
  assert.equal(isInScope(quota, { group: '', resource: 'configmaps' }, {} as KubeObject), false)
})
