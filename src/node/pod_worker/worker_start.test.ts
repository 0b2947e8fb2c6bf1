import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { sleep } from '../../base/clock.ts'
import { container, WorkerNode } from './testing/worker_node.ts'

let node: WorkerNode

beforeEach(async () => {
  node = new WorkerNode()
  await node.start()
})

afterEach(() => node.stop())

describe('a pod starts', () => {
  test('and becomes Ready, with its address, in order of what a watcher sees', async () => {
    node.api.add('web-0', { containers: [container('nginx')] })
    await node.clock.advance(0)
    assert.deepEqual(node.api.history, [
      'web-0 -',
      'web-0 Pending nginx=ContainerCreating',
      'web-0 Running nginx=running+',
    ])
    const status = node.api.get('web-0')?.status
    assert.equal(status?.podIP, '10.0.0.2')
    assert.equal(status?.hostIP, '172.30.0.1')
    assert.equal(node.conditionOf('web-0', 'Ready')?.status, 'True')
    assert.deepEqual(
      node.events.map((line) => line.split(':')[0]),
      ['web-0 Pulled', 'web-0 Created', 'web-0 Started'],
    )
  })

  test('init containers run one after another, and a sidecar among them stays', async () => {
    const spec = {
      initContainers: [container('first'), container('sidecar', { restartPolicy: 'Always' }), container('second')],
      containers: [container('main')],
    }
    const annotations = {
      'berth.dev/simulate.first': '{"exit": {"afterMs": 1000, "code": 0}}',
      'berth.dev/simulate.second': '{"exit": {"afterMs": 1000, "code": 0}}',
    }
    node.api.add('p', spec, annotations)
    await node.clock.advance(1500)
    assert.match(
      node.api.history.at(-1) ?? '',
      /^p Pending first=exit 0\+ sidecar=running\+ second=running main=PodInitializing$/,
    )
    await node.clock.advance(1000)
    assert.match(
      node.api.history.at(-1) ?? '',
      /^p Running first=exit 0\+ sidecar=running\+ second=exit 0\+ main=running\+$/,
    )
  })

  test('containers start in their order, a postStart hook holds up the next, and watchers see only beginning and end', async () => {
    const lifecycle = { postStart: { sleep: { seconds: 2 } } }
    node.api.add('p', { containers: [container('first', { lifecycle }), container('second')] })
    await node.clock.advance(1_000)
    assert.deepEqual(
      (await node.runtime.listContainers()).map((one) => one.name),
      ['first'],
    )
    await node.clock.advance(1_000)
    assert.deepEqual(node.api.history, [
      'p -',
      'p Pending first=ContainerCreating second=ContainerCreating',
      'p Running first=running+ second=running+',
    ])
  })

  test('a container that cannot start does not hold up the next one', async () => {
    node.missingImages.add('example/first:1')
    node.api.add('p', { containers: [container('first'), container('second')] })
    await node.clock.advance(0)
    assert.match(node.api.history.at(-1) ?? '', /first=ErrImagePull second=running\+$/)
  })

  test('what was listed before a start had ended is not taken for what a crash left', async () => {
    const listNow = node.runtime.listContainers.bind(node.runtime)
    node.runtime.listContainers = async (uid) => {
      const seen = await listNow(uid)
      await sleep(node.clock, 50)
      return seen
    }
    node.api.add('p', { containers: [container('app')] }, { 'berth.dev/simulate': '{"startMs": 70}' })
    for (let looked = 0; looked < 20; looked++) {
      node.manager.workers()[0]?.runtimeChanged()
      await node.clock.advance(20)
    }
    assert.deepEqual(node.api.history.at(-1), 'p Running app=running+')
  })

  test('a failing init container is started again with a growing wait', async () => {
    const annotations = { 'berth.dev/simulate.init': '{"exit": {"afterMs": 0, "code": 1, "times": 3}}' }
    node.api.add('p', { initContainers: [container('init')], containers: [container('main')] }, annotations)
    await node.clock.advance(0)
    assert.match(node.api.history.at(-1) ?? '', /init=CrashLoopBackOff #1 main=PodInitializing$/)
    await node.clock.advance(10_000)
    assert.match(node.api.history.at(-1) ?? '', /init=CrashLoopBackOff #2 main=PodInitializing$/)
    await node.clock.advance(19_000)
    assert.match(node.api.history.at(-1) ?? '', /init=CrashLoopBackOff #2/)
    await node.clock.advance(1_000)
    assert.match(node.api.history.at(-1) ?? '', /init=running #3/)
  })

  test('an image that is not there waits with ErrImagePull, then ImagePullBackOff, and is had when it comes', async () => {
    node.missingImages.add('example/app:1')
    node.api.add('p', { containers: [container('app')] })
    await node.clock.advance(0)
    assert.match(node.api.history.at(-1) ?? '', /app=ErrImagePull$/)
    await node.clock.advance(3_000)
    assert.match(node.api.history.at(-1) ?? '', /app=ImagePullBackOff$/)
    node.missingImages.clear()
    await node.clock.advance(7_000)
    assert.match(node.api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('a readiness probe decides when it is ready, and again when it is not', async () => {
    const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 2, failureThreshold: 3 }
    const annotations = { 'berth.dev/simulate': '{"readyAfterMs": 300}' }
    node.api.add('p', { containers: [container('app', { readinessProbe })] }, annotations)
    await node.clock.advance(0)
    assert.equal(node.conditionOf('p', 'Ready')?.status, 'False')
    assert.equal(node.conditionOf('p', 'ContainersReady')?.message, 'containers with unready status: [app]')
    await node.clock.advance(1_000)
    assert.equal(node.conditionOf('p', 'Ready')?.status, 'True')
  })

  test('a failed liveness probe restarts the container', async () => {
    const livenessProbe = { exec: { command: ['true'] }, periodSeconds: 1, failureThreshold: 2 }
    node.api.add(
      'p',
      { containers: [container('app', { livenessProbe })] },
      { 'berth.dev/simulate': '{"execCode": 1}' },
    )
    await node.clock.advance(1_500)
    assert.ok(node.events.includes('p Killing: Container app failed liveness probe, will be restarted'))
    assert.equal(node.api.get('p')?.status?.containerStatuses?.[0]?.restartCount, 1)
  })
})

test('a container added for debugging runs once, and the pod stays as it is', async () => {
  node.api.add(
    'p',
    { containers: [container('app')] },
    { 'berth.dev/simulate.debug': '{"exit": {"afterMs": 1000, "code": 3}}' },
  )
  await node.clock.advance(0)
  node.api.changeSpec('p', { ephemeralContainers: [container('debug')] })
  await node.clock.advance(0)
  const shown = () => node.api.get('p')?.status?.ephemeralContainerStatuses?.[0]
  assert.ok(shown()?.state?.running)
  await node.clock.advance(60_000)
  assert.equal(shown()?.state?.terminated?.exitCode, 3)
  assert.equal((await node.runtime.listContainers()).filter((one) => one.name === 'debug').length, 1)
  assert.match(node.api.history.at(-1) ?? '', /^p Running app=running\+$/)
})

test('a pod that the node has no room for fails, and takes none', async () => {
  const big = { resources: { requests: { cpu: '3' } } }
  node.api.add('first', { containers: [container('app', big)] })
  node.api.add('second', { containers: [container('app', big)] })
  await node.clock.advance(1_000)
  const { phase, reason, containerStatuses } = node.api.get('second')?.status ?? {}
  assert.deepEqual([phase, reason, containerStatuses], ['Failed', 'OutOfcpu', undefined])
  node.api.remove('first')
  node.api.remove('second')
  await node.clock.advance(1_000)
  assert.deepEqual(node.api.list(), [])
  node.api.add('third', { containers: [container('app', big)] })
  await node.clock.advance(1_000)
  assert.equal(node.api.get('third')?.status?.phase, 'Running')
})

test('a pod whose init container fails for good says which one', async () => {
  const exits = { 'berth.dev/simulate.init': '{"exit": {"afterMs": 10, "code": 1}}' }
  const spec = { restartPolicy: 'Never', initContainers: [container('init')], containers: [container('app')] }
  node.api.add('p', spec, exits)
  await node.clock.advance(1_000)
  assert.equal(node.api.get('p')?.status?.phase, 'Failed')
  const initialized = node.conditionOf('p', 'Initialized')
  assert.equal(initialized?.reason, 'ContainersNotInitialized')
  assert.equal(initialized?.message, 'containers with incomplete status: [init]')
})
