import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { container, WorkerNode } from './testing/worker_node.ts'

let node: WorkerNode

beforeEach(async () => {
  node = new WorkerNode()
  await node.start()
})

afterEach(() => node.stop())

describe('an agent that comes back', () => {
  test('finds running containers by their labels and starts none twice', async () => {
    node.api.add('p', { containers: [container('app')] })
    await node.clock.advance(0)
    node.stop()
    await node.start()
    await node.clock.advance(1_000)
    assert.equal((await node.runtime.listContainers()).length, 1)
    assert.match(node.api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('leaves a ready pod ready, and asks it again', async () => {
    const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 2 }
    const startupProbe = { exec: { command: ['true'] }, periodSeconds: 1 }
    node.api.add('p', { containers: [container('app', { readinessProbe, startupProbe })] })
    await node.clock.advance(2_000)
    const before = node.api.history.length
    node.stop()
    await node.start()
    await node.clock.advance(5_000)
    assert.equal(node.api.history.length, before)
    assert.match(node.api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('stops and removes containers whose pod went meanwhile', async () => {
    node.api.add('p', { containers: [container('app')] })
    await node.clock.advance(0)
    node.stop()
    node.api.remove('p', { gracePeriodSeconds: 0 })
    await node.start()
    await node.clock.advance(60_000)
    assert.deepEqual(await node.runtime.listContainers(), [])
    assert.deepEqual(await node.runtime.listSandboxes(), [])
  })

  test('starts everything anew after the node has lost its containers', async () => {
    node.api.add('p', { containers: [container('app')] })
    await node.clock.advance(0)
    node.runtime.reboot()
    await node.clock.advance(1_000)
    assert.match(node.api.history.at(-1) ?? '', /^p Running app=running\+ #1$/)
  })
})

test('the work for a pod does not grow with the number of pods, and an idle node does nothing', async () => {
  const looksFor = async (count: number): Promise<number> => {
    const before = looks
    for (let number = 0; number < count; number++)
      node.api.add(`p-${count}-${number}`, { containers: [container('app')] })
    await node.clock.advance(0)
    return (looks - before) / count
  }
  let looks = 0
  const list = node.runtime.listContainers.bind(node.runtime)
  node.runtime.listContainers = (podUid) => {
    // A look at everything costs as many as there are pods.
    looks += podUid === undefined ? node.api.list().length : 1
    return list(podUid)
  }
  const few = await looksFor(10)
  assert.ok((await looksFor(1000)) <= few)
  assert.equal(node.api.list().filter((pod) => pod.status?.phase === 'Running').length, 1010)
  assert.equal(node.clock.nextAt(), undefined)
})
