import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isNotFound } from '../../api/error.ts'
import { CLAIMS, VOLUME_ATTRIBUTES_CLASSES } from '../../api/resources.ts'
import { createNamespace, eventually, startCluster, type TestCluster } from '../testing/cluster.ts'

let cluster: TestCluster
before(async () => {
  cluster = await startCluster()
  await createNamespace(cluster.client, 'classes')
})
after(() => cluster.stop())

const classRef = (name: string) => ({ namespace: '', name })

const isGone = (name: string) =>
  cluster.client.get(VOLUME_ATTRIBUTES_CLASSES, classRef(name)).then(
    () => false,
    (error: unknown) => isNotFound(error),
  )

test('an attributes class goes when it is deleted, but not while a claim names it', async () => {
  const { client } = cluster
  for (const name of ['gold', 'silver']) {
    await client.create(VOLUME_ATTRIBUTES_CLASSES, {
      metadata: { name },
      driverName: 'example.com',
      parameters: { a: 'b' },
    })
  }
  const claim = { namespace: 'classes', name: 'c' }
  await client.create(CLAIMS, {
    metadata: claim,
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      volumeAttributesClassName: 'gold',
      resources: { requests: { storage: '1Gi' } },
    },
  })
  await client.delete(VOLUME_ATTRIBUTES_CLASSES, classRef('gold'))
  await client.delete(VOLUME_ATTRIBUTES_CLASSES, classRef('silver'))
  await eventually('silver has gone', () => isGone('silver'))
  assert.equal(await isGone('gold'), false)
  await client.delete(CLAIMS, claim)
  await eventually('gold has gone', () => isGone('gold'))
})
