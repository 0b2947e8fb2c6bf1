import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** Pods on different nodes of one machine find and reach each other. */

const MANIFEST = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: any}
spec: {selector: {app: web}, ports: [{port: 8080, targetPort: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 3
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
      containers:
      - name: web
        image: busybox:1.28
        command: [sh, -c, 'trap "exit 0" TERM; mkdir /www; hostname > /www/index.html; httpd -h /www -p 80; while :; do sleep 1; done']
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
`

describe('three nodes with containers', () => {
  const cluster = testCluster()
  const { kubectl } = cluster
  const nodesOfPods = () => kubectl(['get', 'pods', '-o', 'jsonpath={range .items[*]}{.spec.nodeName} {end}'])
  before(async () => {
    await giveImages(cluster, 'busybox:1.28')
    await cluster.up('--runtime', 'containerd', '--nodes', '3')
    await kubectl('apply -f -', MANIFEST)
    await kubectl('rollout status statefulset/web --timeout=90s')
  })

  test('hold one pod each', async () => {
    assert.deepEqual((await nodesOfPods()).trim().split(' ').sort(), ['node-0', 'node-1', 'node-2'])
  })

  test('let each pod reach each other by name', async () => {
    for (const from of ['web-0', 'web-1', 'web-2']) {
      for (const to of ['web-0', 'web-1', 'web-2']) {
        const answer = await eventually(`${from} reaches ${to}`, () =>
          kubectl(`exec ${from} -- wget -q -O - http://${to}.web/`),
        )
        assert.equal(answer, `${to}\n`)
      }
    }
  })

  test('let a pod reach members on every node through a service address', async () => {
    const seen = new Set<string>()
    await eventually('all three have answered', async () => {
      seen.add((await kubectl('exec web-0 -- wget -q -O - http://any:8080/')).trim())
      assert.deepEqual([...seen].sort(), ['web-0', 'web-1', 'web-2'])
    })
  })

  test('lose a node by name only: its pod comes back elsewhere', async () => {
    await cluster.up('--nodes', '2')
    assert.equal(await kubectl('get nodes -o name'), 'node/node-0\nnode/node-1\n')
    const patch = '{"spec":{"template":{"spec":{"topologySpreadConstraints":null}}}}'
    await kubectl(['patch', 'statefulset', 'web', '-p', patch])
    await kubectl('rollout status statefulset/web --timeout=90s')
    assert.doesNotMatch(await nodesOfPods(), /node-2/)
    assert.match(await kubectl('exec web-0 -- wget -q -O - http://web-2.web/'), /^web-2$/m)
  })
})
