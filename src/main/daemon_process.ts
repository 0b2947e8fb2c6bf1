import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { systemClock } from '../base/clock.ts'
import { identify, keepAwake } from '../host/processes.ts'
import { readRunFile, writeRunFile } from '../host/run_files.ts'
import type { DataDirectory } from './data_directory.ts'
import { type ClusterOptions, UserError } from './options.ts'
import { buildId, VERSION } from './version.ts'

/** What a starting daemon tells the command that started it, one JSON line each on file descriptor 3. */
export type DaemonReport =
  | { readonly type: 'step'; readonly what: string }
  | { readonly type: 'ready'; readonly facts: DaemonFacts }
  | { readonly type: 'failed'; readonly message: string; readonly code?: string | undefined }

/** Somebody else listens on the port by now. */
export class PortTakenError extends UserError {}

/** What is known of a running daemon, kept in its run file. */
export interface DaemonFacts {
  readonly version: string
  readonly build: string
  readonly port: number
  readonly nodes: number
  readonly runtime: string
  /** Milliseconds from the daemon's start until the API was ready, and until all nodes were; 0: not yet. */
  readonly apiMs: number
  readonly readyMs: number
}

/** Real nodes fetch and start a lot on their first start; nothing takes longer than this. */
const START_MS_MAX = 180_000
const POLL_MS = 50
const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

export const runningDaemon = (directory: DataDirectory) => readRunFile<DaemonFacts>(directory.daemonRunFile)

/** What is known of a daemon before it is ready. */
export function startingFacts({ port, nodes, runtime }: ClusterOptions): DaemonFacts {
  return { version: VERSION, build: buildId(), port, nodes, runtime, apiMs: 0, readyMs: 0 }
}

/** A daemon that was started and is ready. */
export interface StartedDaemon {
  readonly facts: DaemonFacts
  /** The exit code of a daemon in the foreground; undefined when it goes on by itself. */
  readonly ended: Promise<number> | undefined
}

/**
 * The C library's allocator keeps what was freed, an arena a thread, for later; after a busy time that is a good part of
 * berthd. Read by it before the program begins, so it cannot be said later.
 */
const GIVES_MEMORY_BACK = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' }

/** Starts the daemon, in a session of its own or in the foreground, and follows its reports until it is ready. @throws UserError */
export async function startDaemon(
  directory: DataDirectory,
  cluster: ClusterOptions,
  options: { readonly foreground: boolean; readonly report: (step: string) => void },
): Promise<StartedDaemon> {
  mkdirSync(directory.logs, { recursive: true, mode: 0o700 })
  const logFile = join(directory.logs, 'berthd.log')
  const log = openSync(logFile, 'a', 0o600)
  const output = options.foreground ? 'inherit' : log
  const command = [...process.execArgv, process.argv[1] as string, 'daemon', '--data', directory.root]
  const child = spawn(process.execPath, command, {
    detached: !options.foreground,
    stdio: ['ignore', output, output, 'pipe'],
    env: { ...GIVES_MEMORY_BACK, ...process.env, BERTH_REPORT_FD: '3' },
    cwd: '/',
  })
  closeSync(log)
  // At once, so that whoever comes next finds a daemon whose `up` was interrupted.
  const identity = child.pid === undefined ? undefined : identify(child.pid)
  if (identity !== undefined) writeRunFile(directory.daemonRunFile, identity, startingFacts(cluster))
  const ended = options.foreground ? endOf(child) : undefined
  const pipe = child.stdio[3] as Readable
  try {
    return { facts: await readyFacts(pipe, child, options.report, logFile), ended }
  } finally {
    pipe.destroy()
    if (!options.foreground) child.unref()
  }
}

/** Waits for a daemon whose own `up` was interrupted. @throws UserError */
export async function untilReady(directory: DataDirectory): Promise<DaemonFacts> {
  const until = systemClock.now() + START_MS_MAX
  for (;;) {
    const running = runningDaemon(directory)
    if (running === undefined)
      throw new UserError(`the daemon ended before it was ready; see ${directory.logs}/berthd.log`)
    if (running.facts.readyMs > 0) return running.facts
    if (systemClock.now() > until) throw new UserError(`the cluster is not ready; see ${directory.logs}/berthd.log`)
    await keepAwake(POLL_MS)
  }
}

/** The foreground command stands for its daemon: what ends the one ends the other. */
function endOf(child: ChildProcess): Promise<number> {
  const pass = (signal: NodeJS.Signals) => child.kill(signal)
  for (const signal of PASSED_ON) process.on(signal, pass)
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      for (const signal of PASSED_ON) process.off(signal, pass)
      resolve(code ?? 1)
    })
  })
}

function readyFacts(
  pipe: Readable,
  child: ReturnType<typeof spawn>,
  step: (what: string) => void,
  logFile: string,
): Promise<DaemonFacts> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, code?: string) => {
      clearTimeout(tooLong)
      reject(code === 'EADDRINUSE' ? new PortTakenError(message) : new UserError(message))
    }
    const tooLong = setTimeout(() => {
      child.kill('SIGTERM')
      fail(`the cluster was not ready after ${START_MS_MAX / 1000} s; see ${logFile}`)
    }, START_MS_MAX)
    child.on('error', (error) => fail(`the daemon could not be started: ${error.message}`))
    child.on('exit', (code) => fail(`the daemon ended (${code ?? 'by a signal'}) before it was ready; see ${logFile}`))
    eachReport(pipe, (report) => {
      if (report.type === 'step') return step(report.what)
      if (report.type === 'failed') return fail(report.message, report.code)
      clearTimeout(tooLong)
      resolve(report.facts)
    })
  })
}

function eachReport(pipe: Readable, take: (report: DaemonReport) => void): void {
  let rest = ''
  pipe.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(JSON.parse(line) as DaemonReport)
  })
}
