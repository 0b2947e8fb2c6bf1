import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { eventually, giveImages, isRunning, type TestCluster, testCluster } from '../support/test_cluster.ts'

/** Each process may be killed alone: containers keep running and are found again, and nothing is lost. */

const SET = `
apiVersion: v1
kind: Service
metadata: {name: keeps}
spec: {clusterIP: None, selector: {app: keeps}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: keeps}
spec:
  serviceName: keeps
  replicas: 3
  selector: {matchLabels: {app: keeps}}
  template:
    metadata: {labels: {app: keeps}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: keeps
        image: busybox:1.28
        command: [sh, -c, 'trap "exit 0" TERM; date +%s >> /data/starts; while :; do sleep 1; done']
        readinessProbe: {exec: {command: [test, -s, /data/starts]}, periodSeconds: 1}
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
`

const CONTAINERS = [
  'get',
  'pods',
  '-l',
  'app=keeps',
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
]

describe('a StatefulSet with volumes', () => {
  const cluster = testCluster()
  before(async () => {
    await giveImages(cluster, 'busybox:1.28')
    await cluster.up('--runtime', 'containerd')
  })

  test('goes on with its start after kill -9 of berthd in the middle of it', async () => {
    await cluster.kubectl('apply -f -', SET)
    await cluster.kubectl('wait --for=condition=Ready pod/keeps-0 --timeout=60s')
    const first = (await containers(cluster)).filter((line) => line.includes('containerd://'))
    await kill(cluster, 'berthd.json')
    assert.equal((await cluster.tryKubectl('get pods')).code, 1)
    assert.match(await cluster.up(), /ready in/)
    await cluster.kubectl('rollout status statefulset/keeps --timeout=60s')
    const all = await containers(cluster)
    assert.equal(all.length, 3)
    assert.ok(
      first.every((line) => all.includes(line)),
      `${first.join('\n')}\nare still among\n${all.join('\n')}`,
    )
    assert.match(await starts(cluster, 'keeps-0'), /^\d+\n$/, 'one start, so the container was not made anew')
  })

  test('is untouched by a berthd that stays away for a while', async () => {
    const before = await containers(cluster)
    await kill(cluster, 'berthd.json')
    await new Promise((resolve) => setTimeout(resolve, 3000))
    await cluster.up()
    await staysSo(cluster, before)
  })

  test('is found again by an agent that was killed, which is back within seconds', async () => {
    const before = await containers(cluster)
    const agent = await kill(cluster, 'node-0/agent.json')
    await eventually('another agent runs', () => isAnother(cluster, 'node-0/agent.json', agent), 10_000)
    await staysSo(cluster, before)
  })

  test('outlives a containerd that was killed, which is back within seconds', async () => {
    const before = await containers(cluster)
    const containerd = await kill(cluster, 'node-0/containerd.json')
    await eventually('another containerd runs', () => isAnother(cluster, 'node-0/containerd.json', containerd), 10_000)
    await staysSo(cluster, before)
  })

  test('is all there after everything was killed at once', async () => {
    const before = await containers(cluster)
    for (const file of ['berthd.json', 'node-0/agent.json', 'node-0/containerd.json']) await kill(cluster, file)
    await cluster.up()
    await staysSo(cluster, before)
  })

  test('continues with its data after down and up', async () => {
    const before = await starts(cluster, 'keeps-1')
    await cluster.berth('down')
    await cluster.up()
    const after = await eventually('the member has started again', async () => {
      const found = await starts(cluster, 'keeps-1')
      assert.equal(found.trim().split('\n').length, before.trim().split('\n').length + 1)
      return found
    })
    assert.ok(after.startsWith(before))
    await cluster.kubectl('rollout status statefulset/keeps --timeout=60s')
  })
})

/** One line a pod: its name and uid, the container and how often that was started. */
async function containers(cluster: TestCluster): Promise<readonly string[]> {
  return (await cluster.kubectl(CONTAINERS)).trim().split('\n')
}

/** The same containers, no restart, and the way into them works. */
async function staysSo(cluster: TestCluster, before: readonly string[]): Promise<void> {
  const run = () => cluster.kubectl('exec keeps-0 -- echo still here')
  assert.equal(await eventually('exec works', run, 15_000), 'still here\n')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  assert.deepEqual(await containers(cluster), before)
  assert.match(await cluster.kubectl('get statefulset keeps'), /^keeps +3\/3 /m)
}

const starts = (cluster: TestCluster, pod: string) => cluster.kubectl(`exec ${pod} -- cat /data/starts`)

async function kill(cluster: TestCluster, runFile: string): Promise<number> {
  const pid = cluster.pidOf(runFile)
  process.kill(pid, 'SIGKILL')
  await eventually(`the process of ${runFile} is gone`, () => assert.ok(!isRunning(pid)), 5_000)
  return pid
}

function isAnother(cluster: TestCluster, runFile: string, old: number): void {
  const pid = cluster.pidOf(runFile)
  assert.notEqual(pid, old)
  assert.ok(isRunning(pid))
}
