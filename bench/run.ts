import { cpus, loadavg, release } from 'node:os'
import { firstApp } from './benches/first_app.ts'
import { idleMemory, idleMemoryReal } from './benches/idle_memory.ts'
import { mysqlMemberDrained, mysqlReplicaDeleted } from './benches/mysql_members.ts'
import {
  createPodRunning,
  list10000,
  list10000Running,
  listLimit500,
  listTable,
  memory10000Pods,
} from './benches/pods.ts'
import { replicatedMysql } from './benches/replicated_mysql.ts'
import { createConfigMap1, createConfigMap16, createConfigMap64, getOne, mergePatch } from './benches/requests.ts'
import { ordered20, orderedRealPods, parallelDown, parallelUp } from './benches/stateful_sets.ts'
import { storeCommits } from './benches/store_commits.ts'
import { upSimulated } from './benches/up_simulated.ts'
import { watchFanOut } from './benches/watch_fan_out.ts'
import { type Bench, type Figure, type Must, measure } from './harness/bench.ts'

/**
 * `npm run bench -- NAME…` measures; without a name it lists what there is. `--json` prints one JSON line for
 * each figure, to be kept and laid side by side. `api` stands for all that need no containers. A figure that misses its aim is no error: these are not tests.
 */

/** What the API server, the controllers and simulated nodes do; six to eight minutes on two quiet cores. */
const api: readonly Bench[] = [
  upSimulated,
  idleMemory,
  createConfigMap1,
  createConfigMap16,
  createConfigMap64,
  mergePatch,
  getOne,
  createPodRunning,
  list10000,
  list10000Running,
  listLimit500,
  listTable,
  watchFanOut,
  parallelUp,
  parallelDown,
  ordered20,
  memory10000Pods,
]

/** Those with real containers, and one of the store alone. */
const others: readonly Bench[] = [
  firstApp,
  idleMemoryReal,
  replicatedMysql,
  mysqlReplicaDeleted,
  mysqlMemberDrained,
  orderedRealPods,
  storeCommits,
]

const benches: readonly Bench[] = [...others, ...api]

const args = process.argv.slice(2)
const json = args.includes('--json')
const names = args
  .filter((name) => name !== '--json')
  .flatMap((name) => (name === 'api' ? api.map((bench) => bench.name) : [name]))

if (names.length === 0) {
  console.log('npm run bench -- NAME… [--json]      (api: all without containers)\n')
  for (const { name, about, must, unit } of benches) console.log(`${name.padEnd(31)}${about}; ${mustText(must, unit)}`)
}
for (const name of names) {
  const bench = benches.find((known) => known.name === name)
  if (bench === undefined) {
    console.error(`no bench is called ${name}; without a name they are listed`)
    process.exitCode = 2
    break
  }
  print(await measure(bench))
}

function print(figure: Figure): void {
  if (json) {
    console.log(JSON.stringify({ ...figure, at: new Date().toISOString(), machine: machineText(), load: loadavg()[0] }))
    return
  }
  const { name, value, unit, must, yardstick, ratio, rounds } = figure
  const verdict = must === undefined ? '' : figure.holds ? ': holds' : ': MISSED'
  console.log(`${name}: ${short(value)} ${unit}  (${mustText(must, unit)}${verdict})`)
  console.log(`  bare node:https + SQLite ${short(yardstick)} ${unit}, ratio ${short(ratio)}`)
  for (const also of figure.also) {
    const beside = also.yardstick === undefined ? '' : `, bare ${short(also.yardstick)}`
    const aim = also.must === undefined ? '' : `  (${mustText(also.must, '')}: ${also.holds ? 'holds' : 'MISSED'})`
    console.log(`  ${also.name} ${short(also.value)}${beside}${aim}`)
  }
  console.log(`  rounds: ${rounds.map(short).join(', ')}; ${machineText()}, load ${short(loadavg()[0] ?? 0)}`)
}

function mustText(must: Must | undefined, unit: string): string {
  if (must === undefined) return 'no aim'
  return `must be ${must.compare} ${must.value} ${unit}`.trimEnd()
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function machineText(): string {
  return `${cpus().length} cores, Linux ${release()}, Node ${process.versions.node}`
}
