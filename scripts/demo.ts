import { spawnSync } from 'node:child_process'

/**
 * `npm run demo [-- NAME]`: installs what is missing, starts a cluster and plays a tutorial, the
 * replicated MySQL unless another is named. `--keep` leaves the cluster running.
 */
const began = performance.now()
const args = process.argv.slice(2)
const name = args.find((arg) => !arg.startsWith('-')) ?? 'replicated-mysql'
const rest = args.filter((arg) => arg !== name)

run('bash', ['scripts/setup-system'])
run('bin/berth', ['image', 'build', '--all'])
run('bin/berth', ['tutorial', name, ...rest])
console.log(`demo: done in ${((performance.now() - began) / 1000).toFixed(0)} s, installation included`)

function run(file: string, words: readonly string[]): void {
  const { status, error } = spawnSync(file, words, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (error !== undefined) throw error
  if (status !== 0) process.exit(status ?? 1)
}
