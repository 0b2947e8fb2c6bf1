import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

/** More run by `npm run soak -- rest`. */
const SEEDS = 10
/** A part that comes again in the same moment, for ever, stops virtual time: then the process has to be ended from outside. */
const RUN_MS_MAX = 100_000

const soak = new URL('rest_soak.ts', import.meta.url).pathname

test(`${SEEDS} clusters come to rest, whatever was done to them`, async () => {
  const run = promisify(execFile)(process.execPath, [soak, '--seeds', String(SEEDS)], { timeout: RUN_MS_MAX })
  const { stdout } = await run.catch((thrown: { stdout: string; killed: boolean }) => {
    throw new Error(thrown.killed ? `virtual time stood still after:\n${thrown.stdout}` : thrown.stdout)
  })
  assert.match(stdout, new RegExp(`^${SEEDS} passed, 0 failed$`, 'm'))
})
