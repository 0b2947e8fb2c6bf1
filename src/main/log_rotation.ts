import { copyFileSync, existsSync, readdirSync, renameSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, type Millis, systemClock } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'

/** A file of the log may grow to this before it becomes `NAME.log.1`. */
const LOG_BYTES_MAX = 10 * 1024 * 1024
/** Older files of one name that are kept. */
const OLD_LOGS_KEPT = 2
const LOOK_MS: Millis = 15_000

/** Keeps the logs of everything that runs for this data directory small, until it is stopped. */
export function keepLogsSmall(folder: string, log: Log, clock: Clock = systemClock): { stop(): void } {
  const look = () => {
    try {
      rotateLogs(folder, LOG_BYTES_MAX)
    } catch (error) {
      log.warn('cannot rotate the logs', { error: messageOf(error) })
    }
    timer = clock.after(LOOK_MS, look)
  }
  let timer = clock.after(LOOK_MS, look)
  return { stop: () => timer.cancel() }
}

/**
 * Copies and empties what has grown too large. The writers (also containerd, which knows nothing of
 * this) append, so each goes on at the start of its file; a line written during the copy may be lost.
 */
export function rotateLogs(folder: string, bytesMax: number): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    if (name.endsWith('.log') && statSync(file).size > bytesMax) rotate(file)
  }
}

function rotate(file: string): void {
  for (let age = OLD_LOGS_KEPT - 1; age >= 1; age--) {
    if (existsSync(`${file}.${age}`)) renameSync(`${file}.${age}`, `${file}.${age + 1}`)
  }
  copyFileSync(file, `${file}.1`)
  truncateSync(file, 0)
}
