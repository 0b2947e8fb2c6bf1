import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { identify } from '../host/processes.ts'
import { readRunFile, writeRunFile } from '../host/run_files.ts'
import type { DataDirectory } from './data_directory.ts'
import { UserError } from './options.ts'

/** What a starting daemon tells the command that started it, one JSON line each on file descriptor 3. */
export type DaemonReport =
  | { readonly type: 'step'; readonly what: string }
  | { readonly type: 'ready'; readonly facts: DaemonFacts }
  | { readonly type: 'failed'; readonly message: string }

/** What is known of a running daemon, kept in its run file. */
export interface DaemonFacts {
  readonly version: string
  readonly build: string
  readonly port: number
  readonly nodes: number
  readonly runtime: string
  /** Milliseconds from the daemon's start until the API was ready, and until all nodes were. */
  readonly apiMs: number
  readonly readyMs: number
}

/** Real nodes fetch and start a lot on their first start; nothing takes longer than this. */
const START_MS_MAX = 180_000

export const runningDaemon = (directory: DataDirectory) => readRunFile<DaemonFacts>(directory.daemonRunFile)

/** Starts the daemon in a session of its own and follows its reports until it is ready. @throws UserError */
export async function startDaemon(
  directory: DataDirectory,
  args: readonly string[],
  options: { readonly foreground: boolean; readonly report: (step: string) => void },
): Promise<DaemonFacts> {
  mkdirSync(directory.logs, { recursive: true, mode: 0o700 })
  const logFile = join(directory.logs, 'berthd.log')
  const log = openSync(logFile, 'a', 0o600)
  const output = options.foreground ? 'inherit' : log
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] as string, ...args], {
    detached: !options.foreground,
    stdio: ['ignore', output, output, 'pipe'],
    env: { ...process.env, BERTH_REPORT_FD: '3' },
    cwd: '/',
  })
  closeSync(log)
  const identity = child.pid === undefined ? undefined : identify(child.pid)
  const pipe = child.stdio[3] as Readable
  try {
    const facts = await readyFacts(pipe, child, options.report, logFile)
    if (identity !== undefined) writeRunFile(directory.daemonRunFile, identity, facts)
    return facts
  } finally {
    pipe.destroy()
    if (!options.foreground) child.unref()
  }
}

function readyFacts(
  pipe: Readable,
  child: ReturnType<typeof spawn>,
  step: (what: string) => void,
  logFile: string,
): Promise<DaemonFacts> {
  return new Promise((resolve, reject) => {
    const fail = (message: string) => {
      clearTimeout(tooLong)
      reject(new UserError(message))
    }
    const tooLong = setTimeout(() => {
      child.kill('SIGTERM')
      fail(`the cluster was not ready after ${START_MS_MAX / 1000} s; see ${logFile}`)
    }, START_MS_MAX)
    child.on('error', (error) => fail(`the daemon could not be started: ${error.message}`))
    child.on('exit', (code) => fail(`the daemon ended (${code ?? 'by a signal'}) before it was ready; see ${logFile}`))
    eachReport(pipe, (report) => {
      if (report.type === 'step') return step(report.what)
      if (report.type === 'failed') return fail(report.message)
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
