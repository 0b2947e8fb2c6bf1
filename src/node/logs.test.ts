import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../base/virtual_clock.ts'
import { readContainerLog } from './logs.ts'
import { MemoryFiles } from './testing/memory_files.ts'

const PATH = '/logs/c/0.log'
const AT = '2026-01-01T00:00:0'

/** Reads with these options from a file that grows while it is followed. */
function reader(options: object, isRunning: () => boolean = () => false) {
  const files = new MemoryFiles()
  const clock = new VirtualClock()
  const received: string[] = []
  const sink = {
    write: (chunk: Uint8Array) => {
      received.push(new TextDecoder().decode(chunk))
      return 0
    },
    end: () => {},
  }
  const request = { follow: false, timestamps: false, ...options }
  const read = () =>
    readContainerLog({ files, clock, path: PATH, request, isRunning }, sink, new AbortController().signal)
  return { files, clock, read, text: () => received.join('') }
}

const LINES = [
  `${AT}1.000000000Z stdout F one`,
  `${AT}2.000000000Z stderr P two-`,
  `${AT}2.000000001Z stderr F and-a-half`,
  `${AT}3.000000000Z stdout F three`,
]

test('split lines are joined, and streams and times are left out unless asked for', async () => {
  const plain = reader({})
  plain.files.append(PATH, `${LINES.join('\n')}\n`)
  await plain.read()
  assert.equal(plain.text(), 'one\ntwo-and-a-half\nthree\n')
  const stamped = reader({ timestamps: true, tailLines: 1 })
  stamped.files.append(PATH, `${LINES.join('\n')}\n`)
  await stamped.read()
  assert.equal(stamped.text(), `${AT}3.000000000Z three\n`)
})

test('sinceTime and limitBytes cut the log', async () => {
  const since = reader({ sinceTime: `${AT}3Z` })
  since.files.append(PATH, `${LINES.join('\n')}\n`)
  await since.read()
  assert.equal(since.text(), 'three\n')
  const limited = reader({ limitBytes: 5 })
  limited.files.append(PATH, `${LINES.join('\n')}\n`)
  await limited.read()
  assert.equal(limited.text(), 'one\nt')
})

test('following delivers everything once, also what came just before the end', async () => {
  let running = true
  const followed = reader({ follow: true }, () => running)
  followed.files.append(PATH, `${LINES[0]}\n${AT}2.0Z stdout F ha`)
  const ended = followed.read()
  await followed.clock.advance(100)
  followed.files.append(PATH, 'lf\n')
  await followed.clock.advance(100)
  assert.equal(followed.text(), 'one\nhalf\n')
  running = false
  followed.files.append(PATH, `${LINES[3]}\n`)
  await followed.clock.advance(2_000)
  await ended
  assert.equal(followed.text(), 'one\nhalf\nthree\n')
})

test('following goes on over a rotation, with what was written last before it', async () => {
  let running = true
  const { clock, files, read, text } = reader({ follow: true }, () => running)
  files.append(PATH, `${LINES[0]}\n`)
  const ended = read()
  await clock.advance(100)
  await files.rename(PATH, `${PATH}.1`)
  await clock.advance(1_000)
  files.append(`${PATH}.1`, `${AT}2.0Z stdout F before\n`)
  files.append(PATH, `${AT}2.1Z stdout F after, and longer than what was read of the old file\n`)
  await clock.advance(1_000)
  running = false
  await clock.advance(1_000)
  await ended
  assert.equal(text(), 'one\nbefore\nafter, and longer than what was read of the old file\n')
})
