import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/**
 * `npm run demo [-- NAME]`: installs what is missing, starts a cluster and plays a tutorial, the replicated MySQL
 * with its members shown below the text unless another is named. `--keep` leaves the cluster and what the
 * document has built, and says how to connect to it.
 */
const began = performance.now()
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'boolean', default: false },
    lang: { type: 'string' },
    data: { type: 'string' },
    transcript: { type: 'string' },
    images: { type: 'string' },
  },
})
const REPLICATED_MYSQL = 'replicated-mysql'
const tutorial = positionals[0] ?? REPLICATED_MYSQL

run('bash', ['scripts/setup-system'])
run('bin/berth', [
  ...['tutorial', tutorial],
  ...(tutorial === REPLICATED_MYSQL ? ['--members', 'app=mysql'] : []),
  ...given('--data', values.data),
  ...given('--images', values.images),
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
