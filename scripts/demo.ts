import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/**
 * `npm run demo [-- NAME]`: installs what is missing, builds the images, starts a cluster and plays a
 * tutorial, the replicated MySQL unless another is named. `--keep` leaves the cluster running.
 */
const began = performance.now()
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'boolean', default: false },
    lang: { type: 'string' },
    data: { type: 'string' },
    transcript: { type: 'string' },
  },
})
const data = given('--data', values.data)

run('bash', ['scripts/setup-system'])
run('bin/berth', ['image', 'build', '--all', ...data])
run('bin/berth', [
  ...['tutorial', positionals[0] ?? 'replicated-mysql', ...data],
  ...given('--lang', values.lang),
  ...given('--transcript', values.transcript),
  ...(values.keep ? ['--keep'] : []),
])
console.log(`demo: done in ${((performance.now() - began) / 1000).toFixed(0)} s, the set-up of the machine included`)

function given(option: string, value: string | undefined): string[] {
  return value === undefined ? [] : [option, value]
}

function run(file: string, words: readonly string[]): void {
  const { status, error } = spawnSync(file, words, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
