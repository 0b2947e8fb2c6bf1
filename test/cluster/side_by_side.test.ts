import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testCluster } from '../support/test_cluster.ts'

const CLUSTERS = 3

test('clusters that start at the same moment find a port each', async () => {
  const clusters = Array.from({ length: CLUSTERS }, () => testCluster())
  const printed = await Promise.all(clusters.map((cluster) => cluster.up('--nodes', '0', '--store', 'memory')))
  const ports = printed.map((text) => /https:\/\/127\.0\.0\.1:(\d+)/.exec(String(text))?.[1])
  assert.equal(new Set(ports).size, CLUSTERS, printed.join('\n'))
  for (const cluster of clusters) assert.match(await cluster.kubectl('get namespaces'), /kube-system/)
})
