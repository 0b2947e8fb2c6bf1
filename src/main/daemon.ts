import { createWriteStream, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, systemClock } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import { systemRandom } from '../base/random.ts'
import { openAuditFile } from '../host/audit_file.ts'
import { type CertificateAuthority, openAuthority } from '../host/certificates.ts'
import { gzipQuickly } from '../host/gzip.ts'
import { type Listening, listenHttps, listenUnix } from '../host/https_server.ts'
import { writeKubeconfig } from '../host/kubeconfig.ts'
import { SERVICE_RANGE } from '../host/machine/address_plan.ts'
import { pinoLog } from '../host/pino_log.ts'
import { identify } from '../host/processes.ts'
import { writeRunFile } from '../host/run_files.ts'
import { openSecretSeal } from '../host/secret_seal.ts'
import { openSqliteJournal } from '../host/sqlite_journal/sqlite_journal.ts'
import { createProxyPort } from '../host/streaming/proxy_port.ts'
import { createStreamingPort } from '../host/streaming/streaming_port.ts'
import { volumeDirectories } from '../host/volume_directories.ts'
import type { NodeStatsPort } from '../server/metrics/collector.ts'
import type { Journal } from '../store/journal.ts'
import { MemoryJournal } from '../store/memory_journal.ts'
import { createStore } from '../store/mvcc.ts'
import { SealedJournal } from '../store/sealed_journal.ts'
import { API_ADDRESS, API_PORT } from './cluster_addresses.ts'
import { readClusterFile } from './cluster_file.ts'
import { type ControlPlane, createControlPlane } from './control_plane.ts'
import { type DaemonReport, startingFacts } from './daemon_process.ts'
import { agentDoor, type DataDirectory, dataDirectory } from './data_directory.ts'
import { furnish } from './furnish.ts'
import { collectWhenIdle } from './idle_collection.ts'
import { keepLogsSmall } from './log_rotation.ts'
import { type RunningNodes, startNodes } from './nodes.ts'
import { type ClusterOptions, UserError } from './options.ts'
import { simulatedStreams } from './simulated_streams.ts'
import { onceStopped } from './stopping.ts'
import { VERSION } from './version.ts'

/** Whose the kubeconfig is. */
const ADMIN = { commonName: 'kubernetes-admin', organizations: ['system:masters'] }
const API_NAMES = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]

/** `berth daemon`: the API server, the controllers and whoever supervises the nodes, until SIGTERM. */
export async function runDaemon(root: string): Promise<void> {
  const report = reporter()
  try {
    await serve(dataDirectory(root), report)
  } catch (thrown) {
    report({ type: 'failed', message: messageOf(thrown), code: (thrown as NodeJS.ErrnoException).code })
    throw thrown
  }
}

async function serve(directory: DataDirectory, report: (message: DaemonReport) => void): Promise<void> {
  const began = performance.now()
  const options = readClusterFile(directory)
  if (options === undefined) throw new UserError(`${directory.root} holds no cluster; \`berth up\` makes one`)
  const log = pinoLog('info')
  for (const folder of [directory.volumes, directory.run]) mkdirSync(folder, { recursive: true, mode: 0o711 })
  const authority = await openAuthority(directory.pki)
  const running: { nodes?: RunningNodes } = {}
  const [plane, admin] = await Promise.all([
    startPlane(directory, options, { log, authority, nodeStats: statsOf(running) }),
    authority.keptClient('admin', ADMIN, 'rsa'),
  ])
  const logs = keepLogsSmall(directory.logs, log)
  const collection = collectWhenIdle()
  const listening = await openDoors(directory, options, authority, plane)
  writeKubeconfig(directory.kubeconfig, {
    server: `https://127.0.0.1:${options.port}`,
    authority: authority.certificate,
    cluster: 'berth',
    user: 'berth-admin',
    credentials: admin,
  })
  const manager = plane.startControllers({
    featureGates: gatesOf(options),
    authority: authority.certificate,
    signer: authority.signer,
    volumes: volumeDirectories(directory.volumes),
    standInProvisioners: options.nodes > 0,
  })
  const apiMs = Math.round(performance.now() - began)
  if (options.nodes > 0) await furnish(plane.clientFor('berth'))
  running.nodes = await startNodes({
    directory,
    options,
    authority,
    plane,
    log,
    report: (what) => report({ type: 'step', what }),
  })
  const facts = { ...startingFacts(options), apiMs, readyMs: Math.round(performance.now() - began) }
  const identity = identify(process.pid)
  if (identity !== undefined) writeRunFile(directory.daemonRunFile, identity, facts)
  log.info('ready', { ...facts })
  report({ type: 'ready', facts })
  onceStopped(async () => {
    logs.stop()
    collection.stop()
    await running.nodes?.stop()
    manager.stop()
    await Promise.all(listening.map((door) => door.close()))
    await plane.stop()
  }, log)
}

/** Nodes come up after the server that asks them. */
const statsOf = (running: { readonly nodes?: RunningNodes }): NodeStatsPort => ({
  async summary(node) {
    if (running.nodes === undefined) throw new Error('the nodes are still being started')
    return running.nodes.summary(node)
  },
})

interface PlaneParts {
  readonly log: Log
  readonly authority: CertificateAuthority
  readonly nodeStats: NodeStatsPort
}

async function startPlane(
  directory: DataDirectory,
  options: ClusterOptions,
  { log, authority, nodeStats }: PlaneParts,
): Promise<ControlPlane> {
  const journal = await openJournal(directory, options)
  const store = await createStore({ journal, clock: systemClock, log, gather: () => sleep(systemClock, 0) })
  const audit = openAuditFile(join(directory.logs, 'audit.log'), log)
  const { createTokenSigner } = await import('../host/token_signer.ts')
  const plane = await createControlPlane({
    store,
    clock: systemClock,
    random: systemRandom,
    log,
    featureGates: gatesOf(options),
    tokens: await createTokenSigner(directory.pki),
    clientAuthority: authority.certificate,
    serviceRange: SERVICE_RANGE,
    advertise: { address: API_ADDRESS, port: API_PORT },
    afterOthers: (run) => void setImmediate(run),
    ...wayToPods(directory, options),
    gzip: gzipQuickly,
    productVersion: VERSION,
    ...(options.nodes > 0 ? { nodeStats } : {}),
    bestPracticeWarnings: options.featureGates['BestPracticeWarnings'] ?? options.nodes > 0,
    audit: (event) => audit.write(event),
  })
  const stop = async () => {
    await plane.stop()
    await audit.close()
    await store.close()
  }
  return { ...plane, stop }
}

/** Simulated pods run no process that could be reached. */
function wayToPods(directory: DataDirectory, { runtime }: ClusterOptions) {
  if (runtime === 'simulated') return { streaming: simulatedStreams }
  const door = (node: string) => agentDoor(directory, node)
  return { streaming: createStreamingPort(door), proxy: createProxyPort(door) }
}

/** What nobody reads in the database without the key. */
const SEALED_RESOURCES = new Set(['secrets'])

async function openJournal(directory: DataDirectory, options: ClusterOptions): Promise<Journal> {
  switch (options.store.kind) {
    case 'memory':
      return new MemoryJournal()
    case 'sqlite':
      return new SealedJournal(
        await openSqliteJournal({ file: directory.storeFile, ...bundledWorker() }),
        openSecretSeal(join(directory.pki, 'secrets.key')),
        SEALED_RESOURCES,
      )
    case 'etcd':
      throw new UserError('--store etcd is not there yet; use sqlite or memory')
  }
}

/** In the bundle the worker lies beside the program, in the sources beside the journal. */
function bundledWorker(): { worker?: URL } {
  const worker = new URL('./sqlite_journal_worker.js', import.meta.url)
  return existsSync(worker) ? { worker } : {}
}

async function openDoors(
  directory: DataDirectory,
  options: ClusterOptions,
  authority: CertificateAuthority,
  plane: ControlPlane,
): Promise<readonly Listening[]> {
  const pair = await authority.keptServer('apiserver', {
    names: API_NAMES,
    addresses: ['127.0.0.1', API_ADDRESS],
  })
  const tls = { key: pair.key, certificate: pair.certificate, clientCa: authority.certificate }
  const serving = { handler: plane.server.http, upgrade: plane.server.upgrade, tls }
  return [
    await listenHttps({ ...serving, port: options.port, address: '127.0.0.1' }),
    await listenUnix({ ...serving, path: directory.apiSocket }),
  ]
}

const gatesOf = (options: ClusterOptions) => new Map(Object.entries(options.featureGates))

/** Tells the command that started this process how it goes; somebody who started it by hand reads the log. */
function reporter(): (message: DaemonReport) => void {
  if (process.env['BERTH_REPORT_FD'] !== '3') return () => {}
  const pipe = createWriteStream('', { fd: 3 })
  pipe.on('error', () => {})
  return (message) => {
    pipe.write(`${JSON.stringify(message)}\n`)
    if (message.type !== 'step') pipe.end()
  }
}
