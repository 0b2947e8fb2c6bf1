import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missedRuns, nextRun } from './next_run.ts'
import { parseSchedule } from './schedule.ts'

function runs(text: string, after: string, count = 1, zone = 'UTC'): string[] {
  const schedule = parseSchedule(text)
  assert.ok(schedule, `${text} is a schedule`)
  const found: string[] = []
  for (let at: number | undefined = Date.parse(after); found.length < count; ) {
    at = nextRun(schedule, at, zone)
    if (at === undefined) break
    found.push(new Date(at).toISOString().slice(0, 16))
  }
  return found
}

test('schedules name the moments that cron names', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['* * * * *', '2026-11-21T03:41:06Z', '2026-11-21T03:42'],
    ['*/15 3 * * *', '2026-11-21T03:41:06Z', '2026-11-21T03:45'],
    ['5/20 * * * *', '2026-11-21T03:46:00Z', '2026-11-21T04:05'],
    ['0 0 29 2 *', '2026-11-21T00:00:00Z', '2028-02-29T00:00'],
    ['0 9-17/4 * jan,JUL mon-fri', '2026-11-21T00:00:00Z', '2027-01-01T09:00'],
    ['0 0 13 * fri', '2026-11-21T00:00:00Z', '2026-11-27T00:00'],
    ['0 0 */2 * fri', '2026-11-21T00:00:00Z', '2026-11-27T00:00'],
    ['@weekly', '2026-11-21T00:00:00Z', '2026-11-22T00:00'],
  ]
  for (const [text, after, wanted] of table) assert.deepEqual(runs(text, after), [wanted], text)
  assert.deepEqual(runs('0 0 31 2 *', '2026-11-21T00:00:00Z'), [])
})

test('what is no schedule is refused', () => {
  for (const text of ['', '* * * *', '60 * * * *', '* * 0 * *', '5-1 * * * *', '*/0 * * * *', 'x * * * *', '@never']) {
    assert.equal(parseSchedule(text), undefined, text)
  }
})

test('a zone counts with its summer time: a time that is left out is no run', () => {
  assert.deepEqual(runs('30 2 * * *', '2026-03-28T12:00:00Z', 2, 'Europe/Berlin'), [
    '2026-03-30T00:30',
    '2026-03-31T00:30',
  ])
  assert.deepEqual(runs('0 12 * * *', '2026-11-21T00:00:00Z', 1, 'America/New_York'), ['2026-11-21T17:00'])
})

test('of many missed runs the last one is found', () => {
  const schedule = parseSchedule('* * * * *')
  assert.ok(schedule)
  const now = Date.parse('2026-11-21T03:41:30Z')
  const few = missedRuns(schedule, { from: now - 150_000, now, zone: 'UTC', most: 100 })
  assert.deepEqual([few.last, few.next, few.tooMany], [now - 30_000, now + 30_000, false])
  const many = missedRuns(schedule, { from: 0, now, zone: 'UTC', most: 100 })
  assert.deepEqual([many.last, many.next, many.tooMany], [now - 30_000, now + 30_000, true])
})
