import type { LogSink } from '../api/container_log.ts'
import type { Clock } from '../base/clock.ts'
import { fromRfc3339 } from '../base/time.ts'
import type { HostFiles } from './host_port.ts'
import { type LogLine, splitLogLines } from './log_lines.ts'
import { rotatedLog } from './preparation/paths.ts'
import type { ContainerLogRequest } from './streams.ts'

export interface LogReading {
  readonly files: HostFiles
  readonly clock: Clock
  readonly path: string
  readonly request: Omit<ContainerLogRequest, 'pod' | 'container' | 'previous'>
  /** Whether more may still come. */
  readonly isRunning: () => boolean
}

const CHUNK_BYTES = 256 * 1024
const TAIL_CHUNK_BYTES = 64 * 1024
/** A reader that lags this far behind is waited for. */
const WAITING_BYTES_MOST = 1024 * 1024
const SLOW_READER_MS = 20
/** Between two looks at whether the container still runs. */
const FOLLOW_MS = 500

/**
 * Sends a container's log, from where the request says to the end, or until the container has ended
 * when it follows. What was written before the end is delivered, each entry once.
 */
export async function readContainerLog(reading: LogReading, sink: LogSink, signal: AbortSignal): Promise<void> {
  const format = new LogFormat(reading.request, reading.clock.now())
  let place: LogPlace = { file: await reading.files.identity(reading.path), offset: await startOffset(reading) }
  while (!signal.aborted && !format.isFull) {
    const wasRunning = reading.isRunning()
    place = await afterRotation(reading, { place, format, sink, signal })
    const end = await sendFrom(reading, { place, format, sink, signal })
    if (signal.aborted || format.isFull || !reading.request.follow) break
    if (end === place.offset && !wasRunning) break
    if (end === place.offset) await nextChange(reading, signal)
    place = { ...place, offset: end }
  }
}

/** How far which file has been read. */
interface LogPlace {
  readonly file: string | undefined
  readonly offset: number
}

interface Sending {
  readonly place: LogPlace
  readonly format: LogFormat
  readonly sink: LogSink
  readonly signal: AbortSignal
}

/** Sends all whole entries from a place on; answers where the first that is not whole begins. */
async function sendFrom(reading: LogReading, { format, place, signal, sink }: Sending): Promise<number> {
  let at = place.offset
  for (;;) {
    const bytes = await reading.files.readFile(reading.path, { offset: at, bytesMax: CHUNK_BYTES })
    if (bytes === undefined || bytes.length === 0 || signal.aborted) return at
    // Rotated a moment ago: these bytes may be of the new file, where the place means nothing.
    if ((await reading.files.identity(reading.path)) !== place.file) return at
    const { consumed, lines } = splitLogLines(bytes)
    if (consumed === 0) return at
    at += consumed
    const text = format.render(lines)
    if (text.length > 0) await writeSlowly(reading.clock, sink, text, signal)
    if (format.isFull) return at
  }
}

async function writeSlowly(clock: Clock, sink: LogSink, text: Uint8Array, signal: AbortSignal): Promise<void> {
  let waiting = sink.write(text)
  while (waiting > WAITING_BYTES_MOST && !signal.aborted) {
    await new Promise<void>((resolve) => clock.after(SLOW_READER_MS, resolve))
    waiting = sink.write(NOTHING)
  }
}

const NOTHING = new Uint8Array()

/** When another file has taken the name: sends the rest of the one that had it, and goes on at the new one's start. */
async function afterRotation(reading: LogReading, sending: Sending): Promise<LogPlace> {
  const { place } = sending
  const file = await reading.files.identity(reading.path)
  if (file === undefined || file === place.file) return place
  const rotated = rotatedLog(reading.path, 1)
  if ((await reading.files.identity(rotated)) === place.file) await sendFrom({ ...reading, path: rotated }, sending)
  return { file, offset: 0 }
}

function nextChange({ clock, files, path }: LogReading, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      watch.stop()
      timer.cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = clock.after(FOLLOW_MS, finish)
    const watch = files.watchFile(path, finish)
    signal.addEventListener('abort', finish, { once: true })
  })
}

/** Where the last `tailLines` entries begin: the file is read backwards only as far as needed. */
async function startOffset({ files, path, request }: LogReading): Promise<number> {
  const size = (await files.size(path)) ?? 0
  if (request.tailLines === undefined) return 0
  if (request.tailLines === 0) return size
  let found = 0
  for (let end = size; end > 0; end -= TAIL_CHUNK_BYTES) {
    const from = Math.max(0, end - TAIL_CHUNK_BYTES)
    const bytes = (await files.readFile(path, { offset: from, bytesMax: end - from })) ?? NOTHING
    for (let at = bytes.length - 1; at >= 0; at--) {
      const isEntryEnd = bytes[at] === NEWLINE && from + at !== size - 1
      if (isEntryEnd && ++found === request.tailLines) return from + at + 1
    }
  }
  return 0
}

const NEWLINE = 10

/** Turns entries into what the reader asked for, up to its limit of bytes. */
class LogFormat {
  readonly #timestamps: boolean
  readonly #since: number | undefined
  #left: number
  #insideLine = false

  constructor(request: LogReading['request'], now: number) {
    this.#timestamps = request.timestamps
    this.#since =
      request.sinceSeconds === undefined ? fromRfc3339(request.sinceTime) : now - request.sinceSeconds * 1000
    this.#left = request.limitBytes ?? Number.POSITIVE_INFINITY
  }

  get isFull(): boolean {
    return this.#left <= 0
  }

  render(lines: readonly LogLine[]): Uint8Array {
    const parts = lines.filter((line) => this.#isWanted(line)).flatMap((line) => this.#partsOf(line))
    const whole = concat(parts)
    const cut = whole.length > this.#left ? whole.subarray(0, this.#left) : whole
    this.#left -= cut.length
    return cut
  }

  #isWanted(line: LogLine): boolean {
    return this.#since === undefined || Date.parse(line.time) >= this.#since
  }

  /** A long line that was split gets one time stamp and one end. */
  #partsOf(line: LogLine): readonly Uint8Array[] {
    const parts: Uint8Array[] = []
    if (this.#timestamps && !this.#insideLine) parts.push(new TextEncoder().encode(`${line.time} `))
    parts.push(line.text)
    if (!line.isPartial) parts.push(LINE_END)
    this.#insideLine = line.isPartial
    return parts
  }
}

const LINE_END = new Uint8Array([NEWLINE])

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
