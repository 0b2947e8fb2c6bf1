import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../api/types.ts'
import { silentLog } from '../base/log.ts'
import { VirtualClock } from '../base/virtual_clock.ts'
import { LOG_BYTES_MOST, LOG_LOOK_MS } from './limits.ts'
import { LogRotation, type LogRotationDeps } from './log_rotation.ts'
import { MemoryFiles } from './testing/memory_files.ts'

const PATH = '/n/logs/default_p_u/app/0.log'
const container = { id: 'c', name: 'app', attempt: 0, state: 'running' }
const pod = { metadata: { name: 'p', namespace: 'default', uid: 'u' } } as unknown as Pod

function rotating(reopenLog: (files: MemoryFiles) => Promise<void>) {
  const files = new MemoryFiles()
  const clock = new VirtualClock()
  const workers = () => [{ pod, containers: [container] }]
  const deps = {
    clock,
    log: silentLog,
    files,
    paths: { root: '/n' },
    pods: { workers },
    runtime: { reopenLog: () => reopenLog(files) },
  }
  const rotation = new LogRotation(deps as unknown as LogRotationDeps)
  rotation.start()
  return { files, pass: () => clock.advance(LOG_LOOK_MS), stop: () => rotation.stop() }
}

const tooMuch = (name: string) => `${name}${' '.repeat(LOG_BYTES_MOST)}`

test('a log that has grown too long becomes the first of at most four old ones', async () => {
  const { files, pass, stop } = rotating(async (all) => all.append(PATH, ''))
  for (let round = 1; round <= 6; round++) {
    files.append(PATH, tooMuch(`r${round}`))
    await pass()
  }
  files.append(PATH, 'short')
  await pass()
  stop()
  const begins = [1, 2, 3, 4].map((age) => files.text(`${PATH}.${age}`)?.slice(0, 2))
  assert.deepEqual([files.text(PATH), ...begins], ['short', 'r6', 'r5', 'r4', 'r3'])
  assert.equal(files.entries.size, 5)
})

test('the log of a container that ended meanwhile stays in its place', async () => {
  const { files, pass, stop } = rotating(() => Promise.reject(new Error('container is not running')))
  files.append(PATH, tooMuch('last words'))
  await pass()
  stop()
  assert.deepEqual([...files.entries.keys()], [PATH])
})
