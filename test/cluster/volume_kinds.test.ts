import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { eventually, giveImages, testCluster } from '../support/test_cluster.ts'

/** Volumes that a person made, and volumes under another provisioner's name, with containers that use them. */

const BY_HAND = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: by-hand}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: rook-ceph-block}
provisioner: ceph.rook.io/block
parameters: {pool: replicapool}
allowVolumeExpansion: true
`

const hostPath = (path: string) => `hostPath: {path: ${path}}`
const localOn = (path: string, node: string) => `local: {path: ${path}}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [${node}]}]}]}}`

const volume = (name: string, source: string) => `
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: ${name}}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: by-hand
  persistentVolumeReclaimPolicy: Retain
  ${source}
`

const setOf = (name: string, className: string, replicas: number) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ${name}}
spec:
  serviceName: ${name}
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: store
        image: busybox:1.28
        command: [sh, -c, 'trap "exit 0" TERM; hostname >> /data/was-here; while :; do sleep 1; done']
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: ${className}, resources: {requests: {storage: 1Gi}}}
`

describe('a cluster with two nodes', () => {
  const cluster = testCluster()
  const { kubectl } = cluster
  const field = (object: string, path: string) => kubectl(['get', ...object.split(' '), '-o', `jsonpath={${path}}`])
  const events = (reason: string) =>
    kubectl(['get', 'events', '--field-selector', `reason=${reason}`, '-o', 'jsonpath={.items[*].message}'])
  const becomes = (object: string, path: string, wanted: string) =>
    eventually(`${object} becomes ${wanted}`, async () => assert.equal(await field(object, path), wanted))

  before(async () => {
    await giveImages(cluster, 'busybox:1.28')
    await cluster.up('--runtime', 'containerd', '--nodes', '2')
    // A local volume's directory is its owner's to make; a hostPath without a type is made on the way.
    for (const name of ['d', 'e']) mkdirSync(join(cluster.data, 'by-hand', name), { recursive: true })
    const path = (name: string) => join(cluster.data, 'by-hand', name)
    const volumes = [
      ...['a', 'b', 'c'].map((name) => volume(name, hostPath(path(name)))),
      ...['d', 'e'].map((name) => volume(name, localOn(path(name), 'node-1'))),
    ]
    await kubectl('apply -f -', BY_HAND + volumes.join(''))
  })

  test('has five volumes made by hand: five members get one each, the sixth waits', async () => {
    await kubectl('apply -f -', setOf('store', 'by-hand', 5))
    await kubectl('rollout status statefulset/store --timeout=70s')
    await kubectl('scale statefulset store --replicas=6')
    await eventually('the sixth is told why', async () =>
      assert.match(await events('FailedScheduling'), /didn't find available persistent volumes to bind/),
    )
    const claims = await kubectl([
      'get',
      'pvc',
      '-o',
      'jsonpath={range .items[*]}{.status.phase} {.spec.volumeName}{"\\n"}{end}',
    ])
    const bound = claims.split('\n').filter((line) => line.startsWith('Bound'))
    assert.deepEqual(bound.map((line) => line.split(' ')[1]).sort(), ['a', 'b', 'c', 'd', 'e'])
    assert.equal(await field('pvc data-store-5', '.status.phase'), 'Pending')
  })

  test('runs those whose volume is on one node there', async () => {
    for (const ordinal of [0, 1, 2, 3, 4]) {
      const name = await field(`pvc data-store-${ordinal}`, '.spec.volumeName')
      if (!['d', 'e'].includes(name)) continue
      assert.equal(await field(`pod store-${ordinal}`, '.spec.nodeName'), 'node-1', name)
    }
  })

  test('keeps the data of a claim that is deleted, until a person lets another have them', async () => {
    await kubectl('scale statefulset store --replicas=4')
    await kubectl('wait --for=delete pod/store-4 pod/store-5 --timeout=60s')
    const name = await field('pvc data-store-4', '.spec.volumeName')
    await kubectl('delete pvc data-store-4 data-store-5')
    await becomes(`pv ${name}`, '.status.phase', 'Released')
    await kubectl('scale statefulset store --replicas=5')
    await eventually('the new claim waits', async () =>
      assert.equal(await field('pvc data-store-4', '.status.phase'), 'Pending'),
    )
    await kubectl(['patch', 'pv', name, '--type=json', '-p', '[{"op":"remove","path":"/spec/claimRef"}]'])
    await becomes('pvc data-store-4', '.spec.volumeName', name)
    await kubectl('wait --for=condition=Ready pod/store-4 --timeout=60s')
    assert.equal(await kubectl('exec store-4 -- cat /data/was-here'), 'store-4\nstore-4\n')
  })

  test('serves a class of Rook, and says who does; its claims grow while they are used', async () => {
    await kubectl('apply -f -', setOf('rook', 'rook-ceph-block', 1))
    await kubectl('rollout status statefulset/rook --timeout=60s')
    assert.match(await events('ProvisionerSubstituted'), /^berth\.dev\/local stands in for ceph\.rook\.io\/block/)
    const size = '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'
    await kubectl(['patch', 'pvc', 'data-rook-0', '-p', size])
    await becomes('pvc data-rook-0', '.status.capacity.storage', '2Gi')
    assert.equal(await kubectl('exec rook-0 -- cat /data/was-here'), 'rook-0\n')
    const less = '{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}'
    await assert.rejects(kubectl(['patch', 'pvc', 'data-rook-0', '-p', less]), /can not be less than status\.capacity/)
  })
})
