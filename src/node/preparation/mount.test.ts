import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import type { HostPort } from '../host_port.ts'
import { MemoryFiles } from '../testing/memory_files.ts'
import { createHostPreparation, type HostPreparationDeps } from './host_preparation.ts'

const claim = { metadata: { uid: 'c' }, spec: { volumeName: 'v' }, status: { phase: 'Bound' } }
const volume = { metadata: { name: 'v' }, spec: { hostPath: { path: '/data' }, claimRef: { uid: 'c' } } }
const POD = {
  metadata: { name: 'p', namespace: 'default', uid: 'u' },
  spec: { containers: [], volumes: [{ name: 'www', persistentVolumeClaim: { claimName: 'www-p' } }] },
} as unknown as Pod

/** A cache that shows the claim as bound once it has caught up; `isBound`: whether there is anything to catch up with. */
async function preparationWith(isBound: boolean) {
  let hasCaughtUp = false
  const files = new MemoryFiles()
  await files.makeDirectory('/data', { mode: 0o755 })
  const host = { files, mounts: { unmountBelow: async () => {} } } as unknown as HostPort
  const sources = {
    claim: () => (hasCaughtUp ? claim : { ...claim, status: { phase: 'Pending' } }),
    volume: () => volume,
    looked: async () => {},
    catchUp: async () => {
      hasCaughtUp = isBound
    },
  }
  return createHostPreparation({ host, paths: { root: '/n' }, sources } as unknown as HostPreparationDeps)
}

test('a claim that the cache does not yet show as bound is no failure', async () => {
  const preparation = await preparationWith(true)
  const mounting = preparation.mount(POD)
  assert.equal(preparation.isMounted('u'), false)
  await mounting
  assert.equal(preparation.isMounted('u'), true)
})

test('a claim that is not bound is one, and nothing counts as mounted', async () => {
  const preparation = await preparationWith(false)
  await assert.rejects(preparation.mount(POD), { name: 'VolumeError', message: /claim "www-p" is not bound$/ })
  assert.equal(preparation.isMounted('u'), false)
})
