import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import type { Millis } from '../base/clock.ts'
import { sleep, systemClock } from '../base/clock.ts'
import { COMMAND_OUTPUT_BYTES_MAX, COMMAND_TIMEOUT_MS, KILL_WAIT_MS, PROCESS_POLL_MS } from './machine/limits.ts'

/** A process that cannot be mistaken for another one that got its number later. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot at which the kernel started it. */
  readonly startTime: string
}

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly input?: string | Uint8Array
  readonly timeoutMs?: Millis
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Called with each piece of standard error as it comes, for progress. */
  readonly onError?: (text: string) => void
}

/** Where Debian keeps the tools that ordinary users' PATH leaves out. */
export const TOOL_PATH = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`

/** The kernel's start time of a process; undefined when there is none, or only a zombie. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the command in brackets and may hold anything; what follows its last bracket is regular.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (fields[0] === 'Z' && !hasOtherThreads(pid)) || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** A first thread that has ended shows as a zombie while another one is still in the kernel, making a mount, say. */
const hasOtherThreads = (pid: number): boolean => readdirSync(`/proc/${pid}/task`).length > 1

/** The identity of a running process. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}

/** Whether exactly this process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  return startTimeOf(process.pid) === process.startTime
}

/** Waits until the process has ended; false when `limitMs` ran out first. */
async function waitForEnd(target: ProcessIdentity, limitMs: Millis): Promise<boolean> {
  const until = systemClock.now() + limitMs
  while (isAlive(target)) {
    if (systemClock.now() >= until) return false
    await keepAwake(PROCESS_POLL_MS)
  }
  return true
}

/** SIGTERM, and SIGKILL after `graceMs`. @throws Error when even that does not end it. */
export async function endProcess(target: ProcessIdentity, graceMs: Millis): Promise<void> {
  signal(target, 'SIGTERM')
  if (await waitForEnd(target, graceMs)) return
  signal(target, 'SIGKILL')
  if (!(await waitForEnd(target, KILL_WAIT_MS))) throw new Error(`process ${target.pid} does not end after SIGKILL`)
}

function signal(target: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(target)) return
  try {
    process.kill(target.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Starts a process in a session of its own, so that it outlives this one; both outputs are appended to `logFile`. */
export function startDetached(
  command: readonly string[],
  options: { readonly logFile: string; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
): ProcessIdentity {
  const [file, ...args] = command
  if (file === undefined) throw new Error('an empty command cannot be started')
  const log = openSync(options.logFile, 'a', 0o600)
  try {
    const child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: options.cwd ?? '/',
      env: { ...process.env, PATH: TOOL_PATH, ...options.env },
    })
    // Its end is noticed through /proc; without a listener a failed start would be an uncaught error.
    child.on('error', () => {})
    child.unref()
    const identity = child.pid === undefined ? undefined : identify(child.pid)
    if (identity === undefined) throw new Error(`${file} could not be started; see ${options.logFile}`)
    return identity
  } finally {
    closeSync(log)
  }
}

/** Runs a command to its end. A code other than 0 is a value; a command that is missing or too slow is thrown. */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file = '', ...args] = command
  const timeoutMs = options.timeoutMs ?? COMMAND_TIMEOUT_MS
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: { ...process.env, PATH: TOOL_PATH, LC_ALL: 'C.UTF-8', ...options.env },
    })
    const [stdout, stderr] = [collector(), collector()]
    const timer = systemClock.after(timeoutMs, () => {
      child.kill('SIGKILL')
      reject(new Error(`${command.join(' ')}: not done after ${timeoutMs / 1000} s`))
    })
    child.stdout.on('data', stdout.add)
    child.stderr.on('data', (piece: Buffer) => {
      stderr.add(piece)
      options.onError?.(piece.toString('utf8'))
    })
    child.stdin.on('error', () => {})
    child.on('error', (error) => {
      timer.cancel()
      reject(new Error(`${file}: ${error.message}`))
    })
    child.on('close', (code, name) => {
      timer.cancel()
      resolve({ code: code ?? (name === null ? 1 : 128), stdout: stdout.text(), stderr: stderr.text() })
    })
    child.stdin.end(options.input ?? '')
  })
}

/** As {@link runCommand}, but any other code than 0 is an error with the command's own words. */
export async function mustRun(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(command, options)
  if (result.code === 0) return result.stdout
  throw new Error(`${command.join(' ')} failed (${result.code}): ${(result.stderr || result.stdout).trim()}`)
}

/** Running processes whose arguments satisfy `matches`. */
export function findProcesses(matches: (args: readonly string[]) => boolean): readonly ProcessIdentity[] {
  const found: ProcessIdentity[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const identity = matches(argumentsOf(pid)) ? identify(pid) : undefined
    if (identity !== undefined) found.push(identity)
  }
  return found
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function collector(): { add: (piece: Buffer) => void; text: () => string } {
  const pieces: Buffer[] = []
  let bytes = 0
  return {
    add: (piece) => {
      if (bytes < COMMAND_OUTPUT_BYTES_MAX) pieces.push(piece)
      bytes += piece.length
    },
    text: () => Buffer.concat(pieces).toString('utf8'),
  }
}

/** Like `sleep`, but Node stays alive for it: somebody waits for the answer. */
export async function keepAwake(delayMs: Millis): Promise<void> {
  const awake = setInterval(() => {}, 2 ** 30)
  try {
    await sleep(systemClock, delayMs)
  } finally {
    clearInterval(awake)
  }
}
