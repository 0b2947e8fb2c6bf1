import { chmodSync, copyFileSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { examineMachine } from '../host/machine/doctor.ts'
import { endProcess } from '../host/processes.ts'
import { readClusterFile, writeClusterFile } from './cluster_file.ts'
import { type DaemonFacts, runningDaemon, startDaemon } from './daemon_process.ts'
import { type DataDirectory, dataDirectory } from './data_directory.ts'
import { type ClusterOptions, UserError } from './options.ts'
import { buildId } from './version.ts'

/** What one `up` is asked for. */
export interface UpRequest {
  readonly data: string | undefined
  /** Where a second copy of the kubeconfig goes. */
  readonly kubeconfig: string | undefined
  readonly foreground: boolean
  /** What the command line says; the rest comes from the last start, or from the defaults. */
  readonly wanted: Partial<ClusterOptions>
  readonly report: (step: string) => void
}

export interface UpResult {
  readonly kubeconfig: string
  /** The one line for the user. */
  readonly line: string
}

const PREFERRED_PORT = 6443
const STOP_MS = 10_000

/** Starts the cluster or finds it running; resolves when the API is ready and every node is Ready. @throws UserError */
export async function up(request: UpRequest): Promise<UpResult> {
  const began = performance.now()
  mkdirSync(dataDirectory(request.data).root, { recursive: true, mode: 0o700 })
  const directory = dataDirectory(request.data)
  const known = readClusterFile(directory)
  const running = runningDaemon(directory)
  if (running !== undefined && running.facts.build === buildId() && agrees(known, request.wanted)) {
    return answer(directory, request, running.facts, 'runs already')
  }
  if (running !== undefined) {
    request.report('restarting berthd with the new version or options')
    await endProcess(running, STOP_MS)
  }
  const options = await chooseOptions(request, known)
  writeClusterFile(directory, options)
  request.report('starting berthd')
  const facts = await startDaemon(directory, ['daemon', '--data', directory.root], request)
  return answer(
    directory,
    request,
    facts,
    `ready in ${seconds(performance.now() - began)} (API ${seconds(facts.apiMs)})`,
  )
}

function agrees(known: ClusterOptions | undefined, wanted: Partial<ClusterOptions>): boolean {
  return known !== undefined && JSON.stringify({ ...known, ...wanted }) === JSON.stringify(known)
}

/** The command line wins over the last start, and that over the defaults. */
async function chooseOptions(request: UpRequest, known: ClusterOptions | undefined): Promise<ClusterOptions> {
  const port = request.wanted.port ?? known?.port
  const runtime = request.wanted.runtime ?? known?.runtime ?? defaultRuntime(request.report)
  if (runtime === 'containerd') refuseWithoutContainers(request.wanted)
  return {
    nodes: 1,
    store: { kind: 'sqlite' },
    featureGates: {},
    nodeSize: {},
    ...known,
    ...request.wanted,
    runtime,
    port: port === undefined ? await findPort(PREFERRED_PORT) : await requirePort(port),
  }
}

function defaultRuntime(report: (step: string) => void): ClusterOptions['runtime'] {
  const missing = examineMachine().filter((finding) => finding.stops === 'containers')
  if (missing.length === 0) return 'containerd'
  report(
    `simulated containers, because: ${missing.map((finding) => finding.problem).join(' ')} (\`berth doctor\` says more)`,
  )
  return 'simulated'
}

function refuseWithoutContainers(wanted: Partial<ClusterOptions>): void {
  if (wanted.nodes === 0) return
  const missing = examineMachine().filter((finding) => finding.stops === 'containers')
  if (missing.length === 0) return
  const mends = missing.map(({ problem, mend }) => `  ${problem}${mend === undefined ? '' : ` Mend it with: ${mend}`}`)
  throw new UserError(
    `real containers cannot run here:\n${mends.join('\n')}\n  Or use \`berth up --runtime simulated\`.`,
  )
}

/** `preferred` if it is free, else a free one. */
async function findPort(preferred: number): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred
}

async function requirePort(port: number): Promise<number> {
  if ((await tryPort(port)) !== undefined) return port
  throw new UserError(`port ${port} on 127.0.0.1 is in use; choose another with --port, or stop what listens there`)
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const probe = createServer()
    probe.on('error', () => done(undefined))
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(address !== null && typeof address === 'object' ? address.port : undefined))
    })
  })
}

function answer(directory: DataDirectory, request: UpRequest, facts: DaemonFacts, times: string): UpResult {
  if (request.kubeconfig !== undefined) {
    copyFileSync(directory.kubeconfig, resolve(request.kubeconfig))
    chmodSync(resolve(request.kubeconfig), 0o600)
  }
  const kubeconfig = request.kubeconfig === undefined ? directory.kubeconfig : resolve(request.kubeconfig)
  const nodes = `${facts.nodes} ${facts.runtime} ${facts.nodes === 1 ? 'node' : 'nodes'}`
  return { kubeconfig, line: `export KUBECONFIG=${kubeconfig}  # https://127.0.0.1:${facts.port}, ${nodes}, ${times}` }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
