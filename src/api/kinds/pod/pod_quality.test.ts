import assert from 'node:assert/strict'
import { test } from 'node:test'
import { podLevelRequests } from './pod_quality.ts'

const container = (resources: object, more: object = {}) => ({ name: 'a', resources, ...more })
function settled(spec: { resources?: object; containers: object[]; initContainers?: object[] }): object | undefined {
  podLevelRequests(spec as never)
  return spec.resources
}

test('a pod with limits of its own requests what its containers do, and the rest of its limits', () => {
  const containers = [container({ requests: { memory: '1Gi' } }), container({ requests: { memory: '1Gi' } })]
  const initContainers = [container({ requests: { memory: '3Gi', 'example.com/x': '1' } })]
  assert.deepEqual(settled({ resources: { limits: { cpu: '2' } }, containers, initContainers }), {
    limits: { cpu: '2' },
    requests: { memory: '3Gi', cpu: '2' },
  })
})

test('huge pages are limited as the containers limit them', () => {
  const containers = [container({ limits: { 'hugepages-2Mi': '4Mi' } })]
  assert.deepEqual(settled({ resources: { requests: { cpu: '1' } }, containers }), {
    requests: { cpu: '1', 'hugepages-2Mi': '4Mi' },
    limits: { 'hugepages-2Mi': '4Mi' },
  })
})

test('a pod that says nothing for itself is left alone', () => {
  assert.equal(settled({ containers: [container({ requests: { cpu: '1' } })] }), undefined)
  assert.deepEqual(settled({ resources: {}, containers: [container({ limits: { 'hugepages-2Mi': '2Mi' } })] }), {})
})
