import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { type RunResult, runScenario } from './scenario.ts'

/** More run by `npm run soak`. */
const SEEDS = 30

const soak = new URL('soak.ts', import.meta.url).pathname

test('the same seed gives the same history in two processes', () => {
  const run = () =>
    execFileSync(process.execPath, [soak, '--seeds', '3', '--from', '11', '--json'], { encoding: 'utf8' })
  const first = run()
  assert.equal(run(), first)
  const histories = first
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as RunResult).history)
  assert.equal(new Set(histories).size, 3, 'other seeds give other histories')
})

test(`${SEEDS} seeds break no promise, and not because nothing happened`, async () => {
  const results: RunResult[] = []
  for (let seed = 0; seed < SEEDS; seed++) results.push(await runScenario(String(seed)))
  assert.deepEqual(
    results
      .filter(({ violation }) => violation !== undefined)
      .map(({ seed, violation }) => `seed ${seed}: ${violation}`),
    [],
  )
  const sum = (counter: string) => results.reduce((total, { reached }) => total + (reached[counter] ?? 0), 0)
  for (const [counter, least] of [
    ['podsCreated', 3],
    ['podsDeleted', 3],
    ['claimsCreated', 1],
    ['rollouts', 0.5],
  ] as const) {
    assert.ok(sum(counter) >= least * SEEDS, `${counter}: only ${sum(counter)} in ${SEEDS} runs`)
  }
})
