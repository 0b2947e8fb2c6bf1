import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalRecord } from './journal.ts'
import { MemoryJournal } from './memory_journal.ts'
import { type Seal, SealedJournal } from './sealed_journal.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Shows where the bytes were sealed, and turns them round. */
const mirror: Seal = {
  seal: (bytes, place) => encoder.encode(`${place}|${[...decoder.decode(bytes)].reverse().join('')}`),
  open: (bytes, place) => {
    const [where = '', text = ''] = decoder.decode(bytes).split('|')
    assert.equal(where, place)
    return encoder.encode([...text].reverse().join(''))
  },
}

const record = (revision: number, resource: string, previous: number, text: string): JournalRecord => ({
  revision,
  type: previous === 0 ? 'created' : 'updated',
  key: { resource, namespace: 'n', name: 'a' },
  previous,
  bytes: encoder.encode(JSON.stringify({ text })),
})

const textOf = (bytes: Uint8Array | undefined): string => decoder.decode(bytes)

async function textsIn(journal: MemoryJournal | SealedJournal): Promise<string[]> {
  const texts: string[] = []
  await journal.load(({ bytes }) => texts.push(textOf(bytes)))
  return texts.sort()
}

test('states of sealed resources lie in the journal sealed, and are read back open', async () => {
  const disk = new MemoryJournal()
  const journal = new SealedJournal(disk, mirror, new Set(['secrets']))
  const old = record(1, 'secrets', 0, 'old')
  await journal.append([old, record(2, 'configmaps', 0, 'plain'), record(3, 'secrets', 1, 'new')])
  assert.deepEqual(await textsIn(disk), [['secrets', 'n', 'a', '3|}"wen":"txet"{'].join('\0'), '{"text":"plain"}'])
  assert.deepEqual(await textsIn(journal), ['{"text":"new"}', '{"text":"plain"}'])
  const [event] = await journal.events({ range: { resource: 'secrets' }, after: 1, upTo: 3, limit: 9 })
  assert.deepEqual([textOf(event?.record.bytes), textOf(event?.previousBytes)], ['{"text":"new"}', '{"text":"old"}'])
  const { records } = await journal.snapshot({ range: { resource: 'secrets' }, at: 1 })
  assert.deepEqual(records, [old])
})

test('what was written before there was a seal is read as it is', async () => {
  const disk = new MemoryJournal()
  await disk.append([record(1, 'secrets', 0, 'early')])
  assert.deepEqual(await textsIn(new SealedJournal(disk, mirror, new Set(['secrets']))), ['{"text":"early"}'])
})
