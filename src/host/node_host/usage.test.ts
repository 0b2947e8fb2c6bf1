import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import type { RuntimeContainer } from '../../node/runtime.ts'
import { createUsage } from './usage.ts'

const pod = { metadata: { uid: 'u' } } as unknown as Pod
const container = { id: 'c' } as RuntimeContainer

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'berth-usage-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function put(directory: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(root, directory), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, directory, name), text)
}

test('one tree for each controller', async () => {
  put('cpuacct/node/podu/c', { 'cpuacct.usage': '1500000000\n' })
  put('memory/node/podu/c', {
    'memory.usage_in_bytes': '10000\n',
    'memory.stat': 'inactive_file 1\ntotal_inactive_file 4000\n',
  })
  const sample = await createUsage('node', root).ofContainer(pod, container)
  assert.deepEqual(
    [sample?.cpuNanoseconds, sample?.memoryBytes, sample?.workingSetBytes],
    [1_500_000_000, 10_000, 6_000],
  )
})

test('one tree for all', async () => {
  put('.', { 'cgroup.controllers': 'cpu memory' })
  put('node/podu', {
    'cpu.stat': 'usage_usec 2000\nuser_usec 1000\n',
    'memory.current': '10000\n',
    'memory.stat': 'anon 5\ninactive_file 4000\n',
  })
  const usage = createUsage('node', root)
  const sample = await usage.ofPod({ pod, containers: [] })
  assert.deepEqual([sample?.cpuNanoseconds, sample?.workingSetBytes], [2_000_000, 6_000])
  assert.equal(await usage.ofContainer(pod, container), undefined)
})
