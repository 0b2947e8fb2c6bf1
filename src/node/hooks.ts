import type { Clock } from '../base/clock.ts'
import { sleep } from '../base/clock.ts'
import type { HostDial } from './host_port.ts'
import type { HookRunner } from './pod_worker/ports.ts'
import { portNumberOf } from './probes/run_probe.ts'
import type { ContainerRuntime } from './runtime.ts'

/** Runs postStart and preStop hooks: a command, an HTTP GET, or a pause. */
export function createHookRunner(deps: {
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  /** Absent on simulated nodes, where HTTP hooks pass. */
  readonly dial?: HostDial
}): HookRunner {
  return async ({ container, hook, id, podIp, timeoutMs }) => {
    if (hook.exec !== undefined) return runCommand(deps.runtime, id, hook.exec.command ?? [], timeoutMs)
    if (hook.sleep !== undefined) return sleep(deps.clock, Math.min(Number(hook.sleep.seconds) * 1000, timeoutMs))
    if (hook.httpGet === undefined || deps.dial === undefined) return
    const host = hook.httpGet.host || podIp
    const port = portNumberOf(container, hook.httpGet.port)
    if (host === undefined || port === undefined)
      throw new Error(`no address or port ${String(hook.httpGet.port)} for the hook`)
    const headers = [{ name: 'Host', value: `${host}:${port}` }, ...(hook.httpGet.httpHeaders ?? [])]
    const scheme = hook.httpGet.scheme === 'HTTPS' ? 'https' : 'http'
    const path = `/${(hook.httpGet.path ?? '/').replace(/^\/+/, '')}`
    const { status } = await deps.dial.httpGet({ scheme, host, port, path, headers, timeoutMs })
    if (status >= 400) throw new Error(`HTTP hook failed with status code ${status}`)
  }
}

async function runCommand(
  runtime: ContainerRuntime,
  id: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const result = await runtime.execSync(id, command, timeoutMs)
  if (result.timedOut) throw new Error(`command "${command.join(' ')}" timed out`)
  if (result.exitCode === 0) return
  const output = new TextDecoder().decode(result.stderr.length > 0 ? result.stderr : result.stdout).trim()
  throw new Error(
    `command "${command.join(' ')}" exited with ${result.exitCode}: ${output.slice(0, HOOK_OUTPUT_LENGTH_MOST)}`,
  )
}

const HOOK_OUTPUT_LENGTH_MOST = 1024
