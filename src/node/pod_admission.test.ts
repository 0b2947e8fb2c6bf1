import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../api/types.ts'
import { rejectionOf } from './pod_admission.ts'

const NODE = { allocatable: { cpu: '1', memory: '1Gi', pods: '2' } }
const pod = (container: object) => ({ spec: { containers: [{ name: 'c', ...container }] } }) as unknown as Pod
const asking = (cpu: string) => pod({ resources: { requests: { cpu } } })
const reason = (one: Pod, ...others: Pod[]) =>
  rejectionOf(one, { atMost: others.length, pods: () => others }, NODE)?.reason

test('a node takes what it has room for, whoever gave it the pod', () => {
  assert.equal(reason(asking('600m'), asking('400m')), undefined)
  assert.deepEqual(rejectionOf(asking('600m'), { atMost: 1, pods: () => [asking('500m')] }, NODE), {
    reason: 'OutOfcpu',
    message: "Node didn't have enough resource: cpu, requested: 600, used: 500, capacity: 1000",
  })
  assert.equal(reason(pod({}), pod({}), pod({})), 'OutOfpods')
  assert.equal(reason(pod({ resources: { requests: { 'example.com/gpu': '1' } } })), undefined)
})

test('a port of the node is taken once', () => {
  const port = (hostPort: number) => pod({ ports: [{ containerPort: 80, hostPort }] })
  assert.equal(reason(port(8080), port(8081)), undefined)
  assert.equal(reason(port(8080), port(8080)), 'NodePorts')
})
