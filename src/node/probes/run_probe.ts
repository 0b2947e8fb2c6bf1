import type { Container, Pod, Probe } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import { expandVariables } from '../expand.ts'
import type { HostDial } from '../host_port.ts'
import type { ProbeTarget } from '../pod_worker/ports.ts'
import type { ContainerRuntime } from '../runtime.ts'

export interface ProbeRequest {
  readonly pod: Pod
  readonly target: ProbeTarget
  readonly probe: Probe
}

export interface ProbeVerdict {
  readonly passed: boolean
  /** Why it did not pass, as the event says it. */
  readonly message: string
}

/** Asks a container once. Throwing counts as not passed. */
export type ProbeRunner = (request: ProbeRequest) => Promise<ProbeVerdict>

/** Asks real containers: by a command inside, an HTTP GET, a TCP connection, or gRPC's health service. */
export function createProbeRunner(deps: { readonly runtime: ContainerRuntime; readonly dial: HostDial }): ProbeRunner {
  return async (request) => {
    const { probe } = request
    if (probe.exec !== undefined) return runExec(deps.runtime, request, probe.exec.command ?? [])
    if (probe.httpGet !== undefined) return runHttp(deps.dial, request, probe.httpGet)
    if (probe.tcpSocket !== undefined) return runTcp(deps.dial, request, probe.tcpSocket)
    if (probe.grpc !== undefined) return runGrpc(deps.dial, request, probe.grpc)
    return { passed: false, message: 'the probe says nothing of how to ask' }
  }
}

/** For simulated nodes: exec asks the simulated container, every other probe passes while that does. */
export function createSimulatedProbeRunner(runtime: ContainerRuntime): ProbeRunner {
  return (request) => runExec(runtime, request, request.probe.exec?.command ?? [])
}

const timeoutOf = (probe: Probe): number => (probe.timeoutSeconds ?? 1) * 1000

/** A command that cannot be started (a missing program) has failed just like one that ends with an error. */
async function runExec(
  runtime: ContainerRuntime,
  request: ProbeRequest,
  command: readonly string[],
): Promise<ProbeVerdict> {
  const timeoutMs = timeoutOf(request.probe)
  const expanded = command.map((word) => expandVariables(word, plainEnvOf(request.target.container)))
  try {
    const result = await runtime.execSync(request.target.id, expanded, timeoutMs)
    if (result.timedOut)
      return {
        passed: false,
        message: `command timed out: "${expanded.join(' ')}" timed out after ${timeoutMs / 1000}s`,
      }
    if (result.exitCode === 0) return PASSED
    return { passed: false, message: outputOf(result.stdout, result.stderr) }
  } catch (error) {
    return { passed: false, message: `command error: ${messageOf(error)}` }
  }
}

const PASSED: ProbeVerdict = { passed: true, message: '' }

function plainEnvOf(container: Container): ReadonlyMap<string, string> {
  return new Map(
    (container.env ?? []).flatMap((one) => (one.value === undefined ? [] : [[one.name, one.value] as const])),
  )
}

function outputOf(stdout: Uint8Array, stderr: Uint8Array): string {
  const decoder = new TextDecoder()
  return `${decoder.decode(stdout)}${decoder.decode(stderr)}`.slice(0, OUTPUT_LENGTH_MOST)
}

const OUTPUT_LENGTH_MOST = 10 * 1024

async function runHttp(
  dial: HostDial,
  request: ProbeRequest,
  action: NonNullable<Probe['httpGet']>,
): Promise<ProbeVerdict> {
  const { target } = request
  const scheme = action.scheme === 'HTTPS' ? 'https' : 'http'
  const host = action.host || target.podIp
  const port = portNumberOf(target.container, action.port)
  if (host === undefined || port === undefined)
    return { passed: false, message: `no address or port ${String(action.port)} to probe` }
  const path = `/${(action.path ?? '/').replace(/^\/+/, '')}`
  const headers = probeHeaders(action.httpHeaders ?? [], `${host}:${port}`)
  try {
    const { status } = await dial.httpGet({ scheme, host, port, path, headers, timeoutMs: timeoutOf(request.probe) })
    return status >= 200 && status < 400
      ? PASSED
      : { passed: false, message: `HTTP probe failed with statuscode: ${status}` }
  } catch (error) {
    return { passed: false, message: messageOf(error) }
  }
}

function probeHeaders(own: readonly { readonly name: string; readonly value: string }[], host: string) {
  const names = new Set(own.map((one) => one.name.toLowerCase()))
  const defaults = [
    { name: 'Host', value: host },
    { name: 'User-Agent', value: 'kube-probe/1.36' },
    { name: 'Accept', value: '*/*' },
  ]
  return [...defaults.filter((one) => !names.has(one.name.toLowerCase())), ...own]
}

async function runTcp(
  dial: HostDial,
  request: ProbeRequest,
  action: NonNullable<Probe['tcpSocket']>,
): Promise<ProbeVerdict> {
  const host = action.host || request.target.podIp
  const port = portNumberOf(request.target.container, action.port)
  if (host === undefined || port === undefined)
    return { passed: false, message: `no address or port ${String(action.port)} to probe` }
  try {
    await dial.tcpConnect(host, port, timeoutOf(request.probe))
    return PASSED
  } catch (error) {
    return { passed: false, message: messageOf(error) }
  }
}

async function runGrpc(
  dial: HostDial,
  request: ProbeRequest,
  { port, service }: NonNullable<Probe['grpc']>,
): Promise<ProbeVerdict> {
  const host = request.target.podIp
  if (host === undefined) return { passed: false, message: `no address to probe at port ${port}` }
  try {
    const status = await dial.grpcHealth({ host, port, service: service ?? '', timeoutMs: timeoutOf(request.probe) })
    return status === 'SERVING' ? PASSED : { passed: false, message: `service unhealthy (responded with "${status}")` }
  } catch (error) {
    return { passed: false, message: messageOf(error) }
  }
}

/** A port by its number, or by the name that the container gives it. */
export function portNumberOf(container: Container, port: unknown): number | undefined {
  if (typeof port === 'number') return port
  const named = (container.ports ?? []).find((one) => one.name === port)
  if (named !== undefined) return named.containerPort
  const parsed = Number(port)
  return Number.isInteger(parsed) && parsed > 0 ? parsed : undefined
}
