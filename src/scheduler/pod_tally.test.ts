import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../api/types.ts'
import { PodTally } from './pod_tally.ts'

const MEBI = 1024 * 1024

function pod(name: string, requests?: Record<string, string>): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'set', controller: true }],
    },
    spec: { containers: [{ name: 'main', ...(requests && { resources: { requests } }) }] },
  }
}

test('a tally is the sum of the pods that are there, whoever came and went', () => {
  const [asking, silent, gone] = [pod('asking', { cpu: '1500m', memory: '1Gi' }), pod('silent'), pod('gone')]
  const tally = PodTally.of([gone, asking, silent])
  tally.remove(gone)
  tally.remove(gone)
  assert.equal(tally.count, 2)
  assert.equal(tally.requested.get('cpu'), 1500)
  assert.deepEqual(tally.usual, { cpu: 1600, memory: (1024 + 200) * MEBI })
  assert.equal(tally.countOfController('set'), 2)
  assert.deepEqual(tally.pods(), [asking, silent])
})
