import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { JOBS, PODS } from '../../api/resources.ts'
import type { Pod } from '../../api/types.ts'
import { createNamespace, eventually, startCluster, type TestCluster } from '../testing/cluster.ts'
import { TRACKING_FINALIZER } from './labels.ts'

let cluster: TestCluster
before(async () => {
  cluster = await startCluster()
  await createNamespace(cluster.client, 'jobs')
})
after(() => cluster.stop())

test('a pod that a Job lets go is held by it no longer, and one that it takes is', async () => {
  const { client } = cluster
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i:1' }] } }
  await client.create(JOBS, { metadata: { namespace: 'jobs', name: 'task' }, spec: { template } })
  const pod = await eventually('the pod', async () => (await client.list(PODS, { namespace: 'jobs' })).items[0])
  const at = { namespace: 'jobs', name: pod.metadata.name }
  const seen = (isWanted: (one: Pod) => boolean) =>
    eventually('the change', async () => {
      const one = await client.get(PODS, at)
      return isWanted(one) && one
    })
  const relabel = (labels: object | null) => client.patch(PODS, at, { type: 'merge', body: { metadata: { labels } } })
  assert.deepEqual(pod.metadata.finalizers, [TRACKING_FINALIZER])
  await relabel(null)
  const free = await seen(({ metadata }) => metadata.ownerReferences === undefined)
  assert.equal(free.metadata.finalizers, undefined)
  await relabel(pod.metadata.labels ?? {})
  const taken = await seen(({ metadata }) => metadata.ownerReferences !== undefined)
  assert.deepEqual(taken.metadata.finalizers, [TRACKING_FINALIZER])
})

test('a pod that is orphaned with its Job is held by nobody', async () => {
  const { client } = cluster
  await createNamespace(client, 'orphans')
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i:1' }] } }
  const at = { namespace: 'orphans', name: 'task' }
  await client.create(JOBS, { metadata: at, spec: { template } })
  await eventually('the pod', async () => (await client.list(PODS, { namespace: 'orphans' })).items[0])
  await client.delete(JOBS, at, { propagationPolicy: 'Orphan' })
  await eventually('its freedom', async () => {
    const [pod] = (await client.list(PODS, { namespace: 'orphans' })).items
    return pod?.metadata.ownerReferences === undefined && pod?.metadata.finalizers === undefined
  })
})
