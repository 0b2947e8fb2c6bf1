import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostPort } from '../host_port.ts'
import { MemoryFiles } from '../testing/memory_files.ts'
import { createHostPreparation, type HostPreparationDeps } from './host_preparation.ts'

test('what pods left while no agent ran is unmounted and then removed; what is somebody else’s stays', async () => {
  const files = new MemoryFiles()
  const unmounted: string[] = []
  const host = {
    files,
    mounts: { unmountBelow: async (path: string) => void unmounted.push(path) },
    cgroups: { removePod: async () => {} },
  } as unknown as HostPort
  for (const path of [
    '/n/pods',
    '/n/pods/old',
    '/n/pods/kept',
    '/n/logs',
    '/n/logs/default_a_old',
    '/n/logs/default_b_kept',
  ]) {
    await files.makeDirectory(path, { mode: 0o755 })
  }
  const deps = { host, paths: { root: '/n' } } as unknown as HostPreparationDeps
  const preparation = await createHostPreparation(deps)
  await preparation.sweep((uid) => uid === 'kept')
  assert.deepEqual(unmounted, ['/n/pods/old'])
  assert.deepEqual([...files.entries.keys()], ['/n/pods', '/n/pods/kept', '/n/logs', '/n/logs/default_b_kept'])
})
