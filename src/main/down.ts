import { existsSync, rmSync } from 'node:fs'
import { silentLog } from '../base/log.ts'
import { withLock } from '../host/images/lock.ts'
import { createMachine } from '../host/machine/machine.ts'
import { endByRunFile } from '../host/run_files.ts'
import { runningDaemon } from './daemon_process.ts'
import { type DataDirectory, dataDirectory } from './data_directory.ts'

export interface DownRequest {
  readonly data: string | undefined
  /** Remove the data directory as well. */
  readonly purge: boolean
  readonly report: (step: string) => void
}

const DAEMON_END_MS = 10_000
/** Containers get this long to end after SIGTERM: databases write out what they hold. */
const CONTAINERS_END_MS = 10_000

/** Stops everything that `up` started; what is not there is no error. Answers a sentence for the user. */
export async function down(request: DownRequest): Promise<string> {
  const directory = dataDirectory(request.data)
  if (!existsSync(directory.root)) return `nothing to stop: ${directory.root} does not exist`
  return withLock(directory.lock, () => downAlone(directory, request))
}

async function downAlone(directory: DataDirectory, request: DownRequest): Promise<string> {
  const running = runningDaemon(directory) !== undefined
  request.report('stopping berthd')
  await endByRunFile(directory.daemonRunFile, DAEMON_END_MS)
  if (process.getuid?.() === 0) {
    const machine = createMachine({ dataDirectory: directory.root, log: silentLog })
    if (machine.nodes().length > 0) request.report('stopping nodes and their containers')
    await machine.downAll(CONTAINERS_END_MS)
  }
  rmSync(directory.run, { recursive: true, force: true })
  if (request.purge) rmSync(directory.root, { recursive: true, force: true })
  const stopped = running ? 'stopped' : 'was not running'
  return request.purge ? `${stopped}; ${directory.root} is removed` : `${stopped}; the data stays in ${directory.root}`
}
