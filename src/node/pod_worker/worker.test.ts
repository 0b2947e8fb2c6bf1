import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { sleep } from '../../base/clock.ts'
import { silentLog } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import { VirtualClock } from '../../base/virtual_clock.ts'
import { createHookRunner } from '../hooks.ts'
import { PodManager } from '../pod_manager.ts'
import { createPodProbes } from '../probes/pod_probes.ts'
import { createSimulatedProbeRunner } from '../probes/run_probe.ts'
import { SimulatedRuntime } from '../runtime_simulated.ts'
import { simulatedPreparation } from '../simulated/preparation.ts'
import { FakePodApi } from '../testing/fake_pod_api.ts'

let clock: VirtualClock
let api: FakePodApi
let runtime: SimulatedRuntime
let manager: PodManager
let events: string[]
let missingImages: Set<string>

function createManager(): PodManager {
  const record = (
    about: { readonly metadata: { readonly name: string } },
    _type: string,
    reason: string,
    message: string,
  ) => events.push(`${about.metadata.name} ${reason}: ${message}`)
  const run = createSimulatedProbeRunner(runtime)
  const random = seededRandom(1)
  return new PodManager({
    client: api.client(),
    clock,
    log: silentLog,
    events: { record },
    runtime,
    preparation: simulatedPreparation(undefined),
    runHook: createHookRunner({ runtime, clock }),
    node: { hostIps: ['172.30.0.1'], runtimeName: 'simulated' },
    createProbes: (_pod, changed) => createPodProbes({ clock, random, events: { record }, run }, changed),
    pods: api,
  })
}

beforeEach(async () => {
  clock = new VirtualClock()
  api = new FakePodApi(clock)
  events = []
  missingImages = new Set()
  let addresses = 1
  runtime = new SimulatedRuntime({
    clock,
    idPrefix: 'c',
    nextIp: () => `10.0.0.${++addresses}`,
    imageExists: (reference) => !missingImages.has(reference),
  })
  manager = createManager()
  await manager.start()
})

afterEach(() => manager.stop())

const container = (name: string, more: object = {}) => ({ name, image: `example/${name}:1`, ...more })
const conditionOf = (name: string, type: string) => api.get(name)?.status?.conditions?.find((one) => one.type === type)

describe('a pod starts', () => {
  test('and becomes Ready, with its address, in order of what a watcher sees', async () => {
    api.add('web-0', { containers: [container('nginx')] })
    await clock.advance(0)
    assert.deepEqual(api.history, ['web-0 -', 'web-0 Pending nginx=ContainerCreating', 'web-0 Running nginx=running+'])
    const status = api.get('web-0')?.status
    assert.equal(status?.podIP, '10.0.0.2')
    assert.equal(status?.hostIP, '172.30.0.1')
    assert.equal(conditionOf('web-0', 'Ready')?.status, 'True')
    assert.deepEqual(
      events.map((line) => line.split(':')[0]),
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
    api.add('p', spec, annotations)
    await clock.advance(1500)
    assert.match(
      api.history.at(-1) ?? '',
      /^p Pending first=exit 0\+ sidecar=running\+ second=running main=PodInitializing$/,
    )
    await clock.advance(1000)
    assert.match(
      api.history.at(-1) ?? '',
      /^p Running first=exit 0\+ sidecar=running\+ second=exit 0\+ main=running\+$/,
    )
  })

  test('containers start in their order, a postStart hook holds up the next, and watchers see only beginning and end', async () => {
    const lifecycle = { postStart: { sleep: { seconds: 2 } } }
    api.add('p', { containers: [container('first', { lifecycle }), container('second')] })
    await clock.advance(1_000)
    assert.deepEqual(
      (await runtime.listContainers()).map((one) => one.name),
      ['first'],
    )
    await clock.advance(1_000)
    assert.deepEqual(api.history, [
      'p -',
      'p Pending first=ContainerCreating second=ContainerCreating',
      'p Running first=running+ second=running+',
    ])
  })

  test('a container that cannot start does not hold up the next one', async () => {
    missingImages.add('example/first:1')
    api.add('p', { containers: [container('first'), container('second')] })
    await clock.advance(0)
    assert.match(api.history.at(-1) ?? '', /first=ErrImagePull second=running\+$/)
  })

  test('what was listed before a start had ended is not taken for what a crash left', async () => {
    const listNow = runtime.listContainers.bind(runtime)
    runtime.listContainers = async (uid) => {
      const seen = await listNow(uid)
      await sleep(clock, 50)
      return seen
    }
    api.add('p', { containers: [container('app')] }, { 'berth.dev/simulate': '{"startMs": 70}' })
    for (let looked = 0; looked < 20; looked++) {
      manager.workers()[0]?.runtimeChanged()
      await clock.advance(20)
    }
    assert.deepEqual(api.history.at(-1), 'p Running app=running+')
  })

  test('a failing init container is started again with a growing wait', async () => {
    const annotations = { 'berth.dev/simulate.init': '{"exit": {"afterMs": 0, "code": 1, "times": 3}}' }
    api.add('p', { initContainers: [container('init')], containers: [container('main')] }, annotations)
    await clock.advance(0)
    assert.match(api.history.at(-1) ?? '', /init=CrashLoopBackOff #1 main=PodInitializing$/)
    await clock.advance(10_000)
    assert.match(api.history.at(-1) ?? '', /init=CrashLoopBackOff #2 main=PodInitializing$/)
    await clock.advance(19_000)
    assert.match(api.history.at(-1) ?? '', /init=CrashLoopBackOff #2/)
    await clock.advance(1_000)
    assert.match(api.history.at(-1) ?? '', /init=running #3/)
  })

  test('an image that is not there waits with ErrImagePull, then ImagePullBackOff, and is had when it comes', async () => {
    missingImages.add('example/app:1')
    api.add('p', { containers: [container('app')] })
    await clock.advance(0)
    assert.match(api.history.at(-1) ?? '', /app=ErrImagePull$/)
    await clock.advance(3_000)
    assert.match(api.history.at(-1) ?? '', /app=ImagePullBackOff$/)
    missingImages.clear()
    await clock.advance(7_000)
    assert.match(api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('a readiness probe decides when it is ready, and again when it is not', async () => {
    const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 2, failureThreshold: 3 }
    const annotations = { 'berth.dev/simulate': '{"readyAfterMs": 300}' }
    api.add('p', { containers: [container('app', { readinessProbe })] }, annotations)
    await clock.advance(0)
    assert.equal(conditionOf('p', 'Ready')?.status, 'False')
    assert.equal(conditionOf('p', 'ContainersReady')?.message, 'containers with unready status: [app]')
    await clock.advance(1_000)
    assert.equal(conditionOf('p', 'Ready')?.status, 'True')
  })

  test('a failed liveness probe restarts the container', async () => {
    const livenessProbe = { exec: { command: ['true'] }, periodSeconds: 1, failureThreshold: 2 }
    api.add('p', { containers: [container('app', { livenessProbe })] }, { 'berth.dev/simulate': '{"execCode": 1}' })
    await clock.advance(1_500)
    assert.ok(events.includes('p Killing: Container app failed liveness probe, will be restarted'))
    assert.equal(api.get('p')?.status?.containerStatuses?.[0]?.restartCount, 1)
  })
})

test('a container added for debugging runs once, and the pod stays as it is', async () => {
  api.add(
    'p',
    { containers: [container('app')] },
    { 'berth.dev/simulate.debug': '{"exit": {"afterMs": 1000, "code": 3}}' },
  )
  await clock.advance(0)
  api.changeSpec('p', { ephemeralContainers: [container('debug')] })
  await clock.advance(0)
  const shown = () => api.get('p')?.status?.ephemeralContainerStatuses?.[0]
  assert.ok(shown()?.state?.running)
  await clock.advance(60_000)
  assert.equal(shown()?.state?.terminated?.exitCode, 3)
  assert.equal((await runtime.listContainers()).filter((one) => one.name === 'debug').length, 1)
  assert.match(api.history.at(-1) ?? '', /^p Running app=running\+$/)
})

describe('a pod ends', () => {
  test('a deleted one gets SIGTERM, then its object goes, and only then a new one of that name is another pod', async () => {
    api.add('web-0', { containers: [container('nginx')] }, { 'berth.dev/simulate': '{"stopMs": 5000}' })
    await clock.advance(0)
    api.remove('web-0')
    await clock.advance(4_000)
    assert.match(api.history.at(-1) ?? '', /^web-0 Running \(deleting\) nginx=running\+$/)
    await clock.advance(1_000)
    assert.deepEqual(api.history.slice(-2), ['web-0 Succeeded (deleting) nginx=exit 0', 'web-0 gone'])
    await clock.advance(1_000)
    assert.deepEqual(await runtime.listContainers(), [])
    assert.deepEqual(await runtime.listSandboxes(), [])
    assert.equal(manager.workers().length, 0)
  })

  test('it stays ready while it still answers', async () => {
    const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 1 }
    api.add('p', { containers: [container('app', { readinessProbe })] }, { 'berth.dev/simulate': '{"stopMs": 5000}' })
    await clock.advance(1_000)
    api.remove('p')
    await clock.advance(3_000)
    assert.match(api.history.at(-1) ?? '', /^p Running \(deleting\) app=running\+$/)
  })

  test('one that does not stop is killed when the grace period ends; a shorter one later counts', async () => {
    api.add(
      'p',
      { containers: [container('app')], terminationGracePeriodSeconds: 60 },
      { 'berth.dev/simulate': '{"stopMs": 999999}' },
    )
    await clock.advance(0)
    api.remove('p')
    await clock.advance(10_000)
    assert.ok(api.get('p'))
    api.remove('p', { gracePeriodSeconds: 5 })
    await clock.advance(5_000)
    assert.equal(api.get('p'), undefined)
    assert.ok(api.history.includes('p Failed (deleting) app=exit 137'))
  })

  test('a force-deleted pod is stopped although its object is gone, and its successor is not touched', async () => {
    api.add('p', { containers: [container('app')] }, { 'berth.dev/simulate': '{"stopMs": 2000}' })
    await clock.advance(0)
    api.remove('p', { gracePeriodSeconds: 0 })
    const successor = api.add('p', { containers: [container('app')] })
    await clock.advance(3_000)
    const left = await runtime.listContainers()
    assert.deepEqual(
      left.map((one) => [one.pod.uid, one.state]),
      [[successor.metadata.uid, 'running']],
    )
    assert.match(api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('restartPolicy decides whether an ended container starts again', async () => {
    const exits = (code: number) => ({ 'berth.dev/simulate': `{"exit": {"afterMs": 100, "code": ${code}}}` })
    api.add('never', { restartPolicy: 'Never', containers: [container('app')] }, exits(3))
    api.add('onfailure', { restartPolicy: 'OnFailure', containers: [container('app')] }, exits(0))
    api.add('always', { containers: [container('app')] }, exits(0))
    await clock.advance(150)
    assert.equal(api.get('never')?.status?.phase, 'Failed')
    assert.equal(api.get('onfailure')?.status?.phase, 'Succeeded')
    assert.equal(conditionOf('onfailure', 'Ready')?.reason, 'PodCompleted')
    assert.match(api.history.at(-1) ?? '', /^always Running app=running\+ #1$/)
  })
})

describe('an agent that comes back', () => {
  test('finds running containers by their labels and starts none twice', async () => {
    api.add('p', { containers: [container('app')] })
    await clock.advance(0)
    manager.stop()
    manager = createManager()
    await manager.start()
    await clock.advance(1_000)
    assert.equal((await runtime.listContainers()).length, 1)
    assert.match(api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('leaves a ready pod ready, and asks it again', async () => {
    const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 2 }
    const startupProbe = { exec: { command: ['true'] }, periodSeconds: 1 }
    api.add('p', { containers: [container('app', { readinessProbe, startupProbe })] })
    await clock.advance(2_000)
    const before = api.history.length
    manager.stop()
    manager = createManager()
    await manager.start()
    await clock.advance(5_000)
    assert.equal(api.history.length, before)
    assert.match(api.history.at(-1) ?? '', /app=running\+$/)
  })

  test('stops and removes containers whose pod went meanwhile', async () => {
    api.add('p', { containers: [container('app')] })
    await clock.advance(0)
    manager.stop()
    api.remove('p', { gracePeriodSeconds: 0 })
    manager = createManager()
    await manager.start()
    await clock.advance(60_000)
    assert.deepEqual(await runtime.listContainers(), [])
    assert.deepEqual(await runtime.listSandboxes(), [])
  })

  test('starts everything anew after the node has lost its containers', async () => {
    api.add('p', { containers: [container('app')] })
    await clock.advance(0)
    runtime.reboot()
    await clock.advance(1_000)
    assert.match(api.history.at(-1) ?? '', /^p Running app=running\+ #1$/)
  })
})

test('the work for a pod does not grow with the number of pods, and an idle node does nothing', async () => {
  const looksFor = async (count: number): Promise<number> => {
    const before = looks
    for (let number = 0; number < count; number++) api.add(`p-${count}-${number}`, { containers: [container('app')] })
    await clock.advance(0)
    return (looks - before) / count
  }
  let looks = 0
  const list = runtime.listContainers.bind(runtime)
  runtime.listContainers = (podUid) => {
    // A look at everything costs as many as there are pods.
    looks += podUid === undefined ? api.list().length : 1
    return list(podUid)
  }
  const few = await looksFor(10)
  assert.ok((await looksFor(1000)) <= few)
  assert.equal(api.list().filter((pod) => pod.status?.phase === 'Running').length, 1010)
  assert.equal(clock.nextAt(), undefined)
})
