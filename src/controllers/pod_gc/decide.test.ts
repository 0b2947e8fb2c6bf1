import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import { decidePodGarbage } from './decide.ts'
import { ENDED_PODS_MAX, NODE_GONE_MS } from './limits.ts'

const pod = (name: string, nodeName: string, phase = 'Running', metadata: object = {}): Pod =>
  ({
    metadata: { name, uid: name, ...metadata },
    spec: { nodeName, containers: [] },
    status: { phase },
  }) as unknown as Pod

const decide = (pods: Pod[], now: number) =>
  decidePodGarbage({ pods, isNode: (name) => name === 'here', missingSince: () => 0, now })
const found = (pods: Pod[], now: number) =>
  decide(pods, now).garbage.map((one) => `${one.pod.metadata.name} ${one.why}`)

test('pods of a node that is gone go after a while', () => {
  const pods = [pod('a', 'here'), pod('b', 'gone')]
  assert.deepEqual(found(pods, NODE_GONE_MS - 1), [])
  assert.equal(decide(pods, NODE_GONE_MS - 1).lookAgainMs, 1)
  assert.deepEqual(found(pods, NODE_GONE_MS), ['b orphaned'])
  assert.equal(decide([pod('a', 'here')], 0).lookAgainMs, undefined)
})

test('of the pods that have ended the oldest go when there are too many', () => {
  const ended = Array.from({ length: ENDED_PODS_MAX + 2 }, (_, at) =>
    pod(`p${at}`, 'here', 'Succeeded', { creationTimestamp: new Date(at * 1000).toISOString() }),
  )
  assert.deepEqual(found(ended.toReversed(), 0), ['p0 ended', 'p1 ended'])
})
