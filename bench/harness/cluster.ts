import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { dataDirectory } from '../../src/main/data_directory.ts'
import { Connection, type Target } from './connection.ts'
import { type Memory, memoryOf } from './memory.ts'

const root = new URL('../..', import.meta.url).pathname
const COMMAND_MS_MAX = 300_000

/** A cluster as a user has it: started and ended by `./bin/berth`. */
export interface Cluster {
  readonly data: string
  readonly kubeconfig: string
  target(): Target
  connect(): Promise<Connection>
  /** `berth up` again, with the options of the first time. Answers the line that it prints. */
  up(): Promise<string>
  /** `berth down`; the data stay. */
  down(): Promise<void>
  memory(): Memory
}

/** Starts a cluster in a new directory, hands it over, and leaves nothing of it. */
export async function withCluster(options: readonly string[], use: (cluster: Cluster) => Promise<void>): Promise<void> {
  const data = mkdtempSync(join(process.env['BENCH_DATA'] ?? tmpdir(), 'berth-bench-'))
  const directory = dataDirectory(data)
  const cluster: Cluster = {
    data,
    kubeconfig: directory.kubeconfig,
    target: () => readTarget(directory.kubeconfig),
    connect: () => Connection.open(readTarget(directory.kubeconfig)),
    up: () => berth(['up', '--data', data, ...options]),
    down: async () => void (await berth(['down', '--data', data])),
    memory: () => memoryOf([data, directory.run]),
  }
  const onSignal = () => {
    spawnSync(join(root, 'bin/berth'), ['down', '--data', data, '--purge'])
    process.exit(1)
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, onSignal)
  try {
    await cluster.up()
    await use(cluster)
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
    await berth(['down', '--data', data, '--purge'])
  }
}

/** Runs `./bin/berth` as a user would. @throws Error with what it printed, when it fails */
export function berth(args: readonly string[]): Promise<string> {
  return run(join(root, 'bin/berth'), args)
}

/** Runs kubectl against a cluster. @throws Error with what it printed, when it fails */
export function kubectl(cluster: Cluster, args: readonly string[]): Promise<string> {
  return run('kubectl', ['--kubeconfig', cluster.kubeconfig, ...args])
}

function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: COMMAND_MS_MAX })
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk))
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${file} ${args.join(' ')}:\n${printed}`)),
    )
  })
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[]
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[]
}

function readTarget(file: string): Target {
  const { clusters, users } = parse(readFileSync(file, 'utf8')) as Kubeconfig
  const [cluster, user] = [clusters[0]?.cluster ?? {}, users[0]?.user ?? {}]
  const url = new URL(cluster['server'] ?? '')
  const pem = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString()
  return {
    host: url.hostname,
    port: Number(url.port),
    authority: pem(cluster['certificate-authority-data']),
    certificate: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  }
}
