import { spawn } from 'node:child_process'

/**
 * `npm run soak -- NAME [options]` runs what takes longer than `npm test` may: as long as one likes. Without a name
 * it lists what there is.
 */
interface Soak {
  readonly name: string
  readonly about: string
  readonly options: string
  readonly script: string
}

const soaks: readonly Soak[] = [
  {
    name: 'simulation',
    about: 'whole histories of a cluster under faults, in virtual time, one a seed',
    options: '[--seeds 100] [--from 0] [--json] [--stop-at-first]',
    script: 'simulation/soak.ts',
  },
  {
    name: 'rest',
    about: 'users make, change and delete objects of many kinds; then the cluster has to come to rest, in virtual time',
    options: '[--seeds 100] [--from 0]',
    script: 'simulation/rest_soak.ts',
  },
  {
    name: 'fuzz',
    about: 'random and hostile requests at every route of the server',
    options: '[--seconds 60] [--seed N]',
    script: 'test/fuzz/soak.ts',
  },
  {
    name: 'rows',
    about: 'acknowledged rows of a replicated MySQL under deletions, drains and scaling, on three real nodes',
    options: '[--rows 10000]',
    script: 'test/cluster/acknowledged_rows.test.ts',
  },
]

const [first = '', ...others] = process.argv.slice(2)
// `npm run soak -- --seeds 1000` has always meant the simulation.
const [name, args] = first.startsWith('--') ? ['simulation', [first, ...others]] : [first, others]
const chosen = soaks.find((soak) => soak.name === name)

if (chosen === undefined) {
  if (name !== '') console.error(`no soak is called ${name}\n`)
  console.log('npm run soak -- NAME [options]\n')
  for (const soak of soaks)
    console.log(`${soak.name.padEnd(12)}${soak.about}\n${' '.repeat(12)}${soak.options}`.trimEnd())
  process.exit(name === '' ? 0 : 2)
}

const child = spawn(process.execPath, [chosen.script, ...args], { stdio: 'inherit' })
// Ctrl-C is for the one that soaks: it ends in good order, and with it this one.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('close', (code) => process.exit(code ?? 1))
