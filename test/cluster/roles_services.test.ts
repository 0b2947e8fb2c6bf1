import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** Services that select by the role of a set's pods, while the role moves and pods come anew. */

const MANIFEST = `
apiVersion: v1
kind: Service
metadata: {name: primary}
spec: {selector: {app: db, berth.dev/role: primary}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: replicas}
spec: {selector: {app: db, berth.dev/role: replica}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, annotations: {berth.dev/primary: db-0}}
spec:
  serviceName: db
  replicas: 3
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: db
        image: busybox:1.28
        command: [sh, -c, 'trap "exit 0" TERM; mkdir /www; hostname > /www/index.html; httpd -h /www -p 80; while :; do sleep 1; done']
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
`

describe('services that select by role', () => {
  const cluster = testCluster()
  const { kubectl } = cluster
  /** Who answers thirty connections, each member once. */
  const answering = async (service: string): Promise<string> => {
    const ask = `for i in $(seq 30); do wget -q -O - http://${service}/; done | sort -u`
    return (await kubectl(['exec', 'client', '--', 'sh', '-c', ask])).trim().replaceAll('\n', ' ')
  }
  const becomes = (service: string, members: string) =>
    eventually(`${service} becomes ${members}`, async () => assert.equal(await answering(service), members))

  before(async () => {
    await giveImages(cluster, 'busybox:1.28')
    await cluster.up('--runtime', 'containerd', '--nodes', '2')
    await kubectl('apply -f -', MANIFEST)
    const waits = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1; done']
    await kubectl(['run', 'client', '--image=busybox:1.28', '--restart=Never', '--command', '--', ...waits])
    await kubectl('wait --for=condition=Ready pod/client --timeout=60s')
    await kubectl('rollout status statefulset/db --timeout=60s')
  })

  test('lead writes to the primary only, and reads to the others only', async () => {
    await becomes('primary', 'db-0')
    await becomes('replicas', 'db-1 db-2')
  })

  test('follow the annotation when a person moves it', async () => {
    await kubectl('annotate statefulset db berth.dev/primary=2 --overwrite')
    await becomes('primary', 'db-2')
    await becomes('replicas', 'db-0 db-1')
  })

  test('find a pod of the same name that is another', async () => {
    await kubectl('delete pod db-2')
    await kubectl('rollout status statefulset/db --timeout=60s')
    await becomes('primary', 'db-2')
    assert.equal(await answering('replicas'), 'db-0 db-1')
  })
})
