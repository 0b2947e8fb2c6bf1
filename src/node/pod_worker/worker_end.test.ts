import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { container, WorkerNode } from './testing/worker_node.ts'

let node: WorkerNode

beforeEach(async () => {
  node = new WorkerNode()
  await node.start()
})

afterEach(() => node.stop())

describe('a pod ends', () => {
  test('a deleted one gets SIGTERM, then its object goes, and only then a new one of that name is another pod', async () => {
    node.api.add('web-0', { containers: [container('nginx')] }, { 'berth.dev/simulate': '{"stopMs": 5000}' })
    await node.clock.advance(0)
    node.api.remove('web-0')
    await node.clock.advance(4_000)
    assert.match(node.api.history.at(-1) ?? '', /^web-0 Running \(deleting\) nginx=running\+$/)
    await node.clock.advance(1_000)
    assert.deepEqual(node.api.history.slice(-2), ['web-0 Succeeded (deleting) nginx=exit 0', 'web-0 gone'])
    await node.clock.advance(1_000)
    assert.deepEqual(await node.runtime.listContainers(), [])
    assert.deepEqual(await node.runtime.listSandboxes(), [])
    assert.equal(node.manager.workers().length, 0)
  })

  test('one whose object a finalizer keeps is stopped and deleted once, and its worker rests', async () => {
    node.api.add('p', { containers: [container('app')] })
    await node.clock.advance(0)
    node.api.hold('p', 'example.com/hold')
    node.api.remove('p')
    await node.clock.advance(60_000)
    assert.equal(node.api.get('p')?.metadata.deletionGracePeriodSeconds, 0)
    assert.deepEqual(node.api.graces, [undefined, 0])
    assert.equal(node.api.history.at(-1), 'p Succeeded (deleting) app=exit 0')
  })

  test('it stays ready while it still answers', async () => {
    const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 1 }
    node.api.add(
      'p',
      { containers: [container('app', { readinessProbe })] },
      { 'berth.dev/simulate': '{"stopMs": 5000}' },
    )
    await node.clock.advance(1_000)
    node.api.remove('p')
    await node.clock.advance(3_000)
    assert.match(node.api.history.at(-1) ?? '', /^p Running \(deleting\) app=running\+$/)
  })

  test('one that does not stop is killed when the grace period ends; a shorter one later counts', async () => {
    node.api.add(
      'p',
      { containers: [container('app')], terminationGracePeriodSeconds: 60 },
      { 'berth.dev/simulate': '{"stopMs": 999999}' },
    )
    await node.clock.advance(0)
    node.api.remove('p')
    await node.clock.advance(10_000)
    assert.ok(node.api.get('p'))
    node.api.remove('p', { gracePeriodSeconds: 5 })
    await node.clock.advance(5_000)
    assert.equal(node.api.get('p'), undefined)
    assert.ok(node.api.history.includes('p Failed (deleting) app=exit 137'))
  })

  test('a force-deleted pod is stopped although its object is gone, and its successor is not touched', async () => {
    node.api.add('p', { containers: [container('app')] }, { 'berth.dev/simulate': '{"stopMs": 2000}' })
    await node.clock.advance(0)
    node.api.remove('p', { gracePeriodSeconds: 0 })
    const successor = node.api.add('p', { containers: [container('app')] })
    await node.clock.advance(3_000)
    const left = await node.runtime.listContainers()
    assert.deepEqual(
      left.map((one) => [one.pod.uid, one.state]),
      [[successor.metadata.uid, 'running']],
    )
    assert.match(node.api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('restartPolicy decides whether an ended container starts again', async () => {
    const exits = (code: number) => ({ 'berth.dev/simulate': `{"exit": {"afterMs": 100, "code": ${code}}}` })
    node.api.add('never', { restartPolicy: 'Never', containers: [container('app')] }, exits(3))
    node.api.add('onfailure', { restartPolicy: 'OnFailure', containers: [container('app')] }, exits(0))
    node.api.add('always', { containers: [container('app')] }, exits(0))
    await node.clock.advance(150)
    assert.equal(node.api.get('never')?.status?.phase, 'Failed')
    assert.equal(node.api.get('onfailure')?.status?.phase, 'Succeeded')
    assert.equal(node.conditionOf('onfailure', 'Ready')?.reason, 'PodCompleted')
    assert.match(node.api.history.at(-1) ?? '', /^always Running app=running\+ #1$/)
  })
})

test('a container may have a policy and rules of its own for what follows its end', async () => {
  const exits = (code: number) => ({ 'berth.dev/simulate': `{"exit": {"afterMs": 100, "code": ${code}, "times": 1}}` })
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]
  const own = { restartPolicy: 'Never', restartPolicyRules: rules }
  node.api.add('rule', { restartPolicy: 'Never', containers: [container('app', own)] }, exits(42))
  node.api.add('other', { restartPolicy: 'Always', containers: [container('app', own)] }, exits(1))
  node.api.add(
    'never',
    { restartPolicy: 'Always', containers: [container('app', { restartPolicy: 'Never' })] },
    exits(0),
  )
  await node.clock.advance(60_000)
  assert.deepEqual(
    ['rule', 'other', 'never'].map((name) => node.api.get(name)?.status?.phase),
    ['Running', 'Failed', 'Succeeded'],
  )
  assert.equal(node.api.get('rule')?.status?.containerStatuses?.[0]?.restartCount, 1)
})
