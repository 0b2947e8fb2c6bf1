import { chmodSync, copyFileSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { messageOf } from '../base/log.ts'
import { withLock } from '../host/images/lock.ts'
import { examineMachine } from '../host/machine/doctor.ts'
import { endProcess } from '../host/processes.ts'
import { readClusterFile, writeClusterFile } from './cluster_file.ts'
import { type DaemonFacts, PortTakenError, runningDaemon, startDaemon, untilReady } from './daemon_process.ts'
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
  /** The exit code of the cluster in the foreground; undefined when it goes on by itself. */
  readonly ended?: Promise<number>
}

const PREFERRED_PORT = 6443
const STOP_MS = 10_000

/** Starts the cluster or finds it running; resolves when the API is ready and every node is Ready. @throws UserError */
export async function up(request: UpRequest): Promise<UpResult> {
  const began = performance.now()
  makeDirectory(dataDirectory(request.data).root)
  const directory = dataDirectory(request.data)
  return withLock(directory.lock, () => upAlone(directory, request, began))
}

async function upAlone(directory: DataDirectory, request: UpRequest, began: number): Promise<UpResult> {
  const known = readClusterFile(directory)
  const running = runningDaemon(directory)
  if (running !== undefined && running.facts.build === buildId() && agrees(known, request.wanted)) {
    return answer(directory, request, await untilReady(directory), 'runs already')
  }
  const options = await chooseOptions(request, known, running?.facts.port)
  if (running !== undefined) {
    request.report('restarting berthd with the new version or options')
    await endProcess(running, STOP_MS)
  }
  request.report('starting berthd')
  const { facts, ended } = await start(directory, options, request)
  const times = `ready in ${seconds(performance.now() - began)} (API ${seconds(facts.apiMs)})`
  return { ...answer(directory, request, facts, times), ...(ended && { ended }) }
}

/** Between the choice of a port and the daemon's start another process may take it: then any free one will do. */
async function start(directory: DataDirectory, options: ClusterOptions, request: UpRequest) {
  writeClusterFile(directory, options)
  try {
    return await startDaemon(directory, options, request)
  } catch (thrown) {
    if (!(thrown instanceof PortTakenError) || request.wanted.port !== undefined) throw thrown
    const port = (await tryPort(0)) ?? options.port
    request.report(`port ${options.port} was taken meanwhile; taking ${port}`)
    writeClusterFile(directory, { ...options, port })
    return startDaemon(directory, { ...options, port }, request)
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new UserError(`${path} cannot be the data directory: ${messageOf(error)}`)
  }
}

function agrees(known: ClusterOptions | undefined, wanted: Partial<ClusterOptions>): boolean {
  return known !== undefined && JSON.stringify({ ...known, ...wanted }) === JSON.stringify(known)
}

/** The command line wins over the last start, and that over the defaults. */
async function chooseOptions(
  request: UpRequest,
  known: ClusterOptions | undefined,
  ownPort: number | undefined,
): Promise<ClusterOptions> {
  if (request.wanted.store?.kind === 'etcd') throw new UserError('--store etcd is not there yet; use sqlite or memory')
  const runtime = request.wanted.runtime ?? known?.runtime ?? defaultRuntime(request.report)
  if (runtime === 'containerd') refuseWithoutContainers(request.wanted.nodes ?? known?.nodes)
  return {
    nodes: 1,
    store: { kind: 'sqlite' },
    featureGates: {},
    nodeSize: {},
    images: 'auto',
    ...known,
    ...request.wanted,
    runtime,
    port: await choosePort(request, known?.port, ownPort),
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

function refuseWithoutContainers(nodes: number | undefined): void {
  if (nodes === 0) return
  const missing = examineMachine().filter((finding) => finding.stops === 'containers')
  if (missing.length === 0) return
  const mends = missing.map(({ problem, mend }) => `  ${problem}${mend === undefined ? '' : ` Mend it with: ${mend}`}`)
  throw new UserError(
    `real containers cannot run here:\n${mends.join('\n')}\n  Or use \`berth up --runtime simulated\`.`,
  )
}

/** The port that was asked for; else the one of the last start or the preferred one; else one that is free. */
async function choosePort(request: UpRequest, known: number | undefined, own: number | undefined): Promise<number> {
  const asked = request.wanted.port
  const first = asked ?? known ?? PREFERRED_PORT
  if (first === own || (await tryPort(first)) !== undefined) return first
  if (asked !== undefined)
    throw new UserError(`port ${asked} on 127.0.0.1 is in use; choose another with --port, or stop what listens there`)
  if (known !== undefined) request.report(`port ${known} is in use now; taking a free one, which the kubeconfig names`)
  return (await tryPort(0)) ?? first
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
  if (request.kubeconfig !== undefined) copyKubeconfig(directory.kubeconfig, resolve(request.kubeconfig))
  const kubeconfig = request.kubeconfig === undefined ? directory.kubeconfig : resolve(request.kubeconfig)
  const nodes =
    facts.nodes === 0 ? 'no nodes' : `${facts.nodes} ${facts.runtime} ${facts.nodes === 1 ? 'node' : 'nodes'}`
  return { kubeconfig, line: `export KUBECONFIG=${kubeconfig}  # https://127.0.0.1:${facts.port}, ${nodes}, ${times}` }
}

function copyKubeconfig(from: string, to: string): void {
  try {
    copyFileSync(from, to)
    chmodSync(to, 0o600)
  } catch (error) {
    throw new UserError(`the cluster runs, but the kubeconfig cannot be written: ${messageOf(error)}`)
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`
