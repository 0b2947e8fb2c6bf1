import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { kubectls } from '../support/kubectls.ts'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** What real processes use is measured, shown by kubectl, and scaled by. */

const MANIFEST = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: busybox:1.28
        # Busy while there is such a file, idle otherwise.
        command: [sh, -c, 'trap "exit 0" TERM; while :; do if [ -e /tmp/busy ]; then i=0; while [ $i -lt 9999 ]; do i=$((i+1)); done; else sleep 0.2; fi; done']
        resources: {requests: {cpu: 50m, memory: 8Mi}, limits: {cpu: 100m}}
      - name: side
        image: busybox:1.28
        command: [sleep, '100000']
        resources: {requests: {cpu: 10m, memory: 8Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: web}
  maxReplicas: 2
  metrics:
  - {type: ContainerResource, containerResource: {name: cpu, container: main, target: {type: Utilization, averageUtilization: 80}}}
  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
`

const SCALED_MS_MAX = 120_000

describe('one node with containers', () => {
  const cluster = testCluster()
  const { kubectl } = cluster
  const sizeOf = () => kubectl(['get', 'statefulset', 'web', '-o', 'jsonpath={.spec.replicas}'])
  const untilSize = (wanted: string) =>
    eventually(`${wanted} replicas`, async () => assert.equal(await sizeOf(), wanted), SCALED_MS_MAX)
  before(async () => {
    await giveImages(cluster, 'busybox:1.28')
    await cluster.up('--runtime', 'containerd', '--nodes', '1')
    await kubectl('apply -f -', MANIFEST)
    await kubectl('rollout status statefulset/web --timeout=60s')
  })

  test('grow a busy set and shrink an idle one', async () => {
    await kubectl('exec web-0 -c main -- touch /tmp/busy')
    await untilSize('2')
    const told = await kubectl('describe hpa web')
    assert.match(told, /New size: 2; reason: cpu resource utilization \(percentage of request\) above target/)
    // Old kubectls do not describe conditions.
    const conditions = '{range .status.conditions[*]}{.type} {.status} {.reason}{"\\n"}{end}'
    const seen = await kubectl([
      'get',
      'horizontalpodautoscalers.v2.autoscaling',
      'web',
      '-o',
      `jsonpath=${conditions}`,
    ])
    assert.match(seen, /^ScalingActive True ValidMetricFound$/m)
    await kubectl('exec web-0 -c main -- rm /tmp/busy')
    await untilSize('1')
    assert.match(await kubectl('describe hpa web'), /New size: 1; reason: All metrics below target/)
  })

  test('show what is used to every kubectl', async () => {
    await kubectl('exec web-0 -c main -- touch /tmp/busy')
    for (const { version, program } of await kubectls()) {
      const { kubectl: ask } = cluster.with(program)
      await eventually(`kubectl ${version} shows a busy pod`, async () => {
        assert.match(await ask('top pod web-0 --no-headers'), /^web-0 +(9|1[01])\dm +\d+Mi/)
      })
      const parts = await ask('top pod -l app=web --containers --no-headers')
      assert.match(parts, /^web-0 +main +(9|1[01])\dm +\d+Mi/m)
      assert.match(parts, /^web-0 +side +\dm +\d+Mi/m)
      assert.match(await ask('top node --no-headers'), /^node-0 +\d+m +\d+% +\d+Mi +\d+%/)
    }
  })
})
