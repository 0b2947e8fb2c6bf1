import { createWriteStream, existsSync, mkdirSync, openSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../base/log.ts'

/** When the file is this large, it becomes `FILE.1`, and what was `FILE.1` becomes `FILE.2`. */
const FILE_BYTES_MAX = 8 * 1024 * 1024
const OLD_FILES_KEPT = 10
const OWNER_ONLY = 0o600

/** A file that gets one JSON line after another, and is begun anew before it grows too large. */
export interface AuditFile {
  write(event: object): void
  /** Resolves when everything is written. */
  close(): Promise<void>
}

/** The lines of one turn of the event loop are written as one: each write is a call to another thread. */
export function openAuditFile(file: string, log: Log, bytesMax = FILE_BYTES_MAX): AuditFile {
  mkdirSync(dirname(file), { recursive: true })
  let bytes = existsSync(file) ? statSync(file).size : 0
  let stream = append(file, log)
  const rotate = () => {
    const full = stream
    // The old stream keeps its file, whatever that is called now.
    full.end()
    for (let age = OLD_FILES_KEPT - 1; age >= 0; age--) {
      const older = age === 0 ? file : `${file}.${age}`
      if (existsSync(older)) renameSync(older, `${file}.${age + 1}`)
    }
    stream = append(file, log)
    bytes = 0
  }
  let waiting = ''
  const flush = () => {
    if (waiting === '') return
    const lines = Buffer.from(waiting)
    waiting = ''
    bytes += lines.length
    stream.write(lines)
  }
  return {
    write(event) {
      const line = `${JSON.stringify(event)}\n`
      const before = bytes + waiting.length
      if (before > 0 && before + line.length > bytesMax) {
        flush()
        rotate()
      }
      if (waiting === '') setImmediate(flush)
      waiting += line
    },
    close: () => {
      flush()
      return new Promise((resolve) => stream.end(() => resolve()))
    },
  }
}

function append(file: string, log: Log): WriteStream {
  const stream = createWriteStream(file, { fd: openSync(file, 'a', OWNER_ONLY) })
  stream.on('error', (error) => log.error('the audit log cannot be written', { file, error: error.message }))
  return stream
}
