/** One entry of a container's log file: `2026-01-01T00:00:00.000000000Z stdout F text`. */
export interface LogLine {
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** The line goes on in the next entry of this stream: long lines are split. */
  readonly isPartial: boolean
  readonly text: Uint8Array
}

export interface SplitLog {
  readonly lines: readonly LogLine[]
  /** Bytes of whole entries; what follows is an entry that is still being written. */
  readonly consumed: number
}

const NEWLINE = 10
const SPACE = 32

/** Splits what stands in a log file into entries. Bytes that are no entry (a file cut at its start) are passed over. */
export function splitLogLines(bytes: Uint8Array): SplitLog {
  const lines: LogLine[] = []
  let from = 0
  for (let end = bytes.indexOf(NEWLINE, from); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
    const line = parseLine(bytes.subarray(from, end))
    if (line !== undefined) lines.push(line)
    from = end + 1
  }
  return { lines, consumed: from }
}

function parseLine(bytes: Uint8Array): LogLine | undefined {
  const timeEnd = bytes.indexOf(SPACE)
  const streamEnd = bytes.indexOf(SPACE, timeEnd + 1)
  const tagEnd = bytes.indexOf(SPACE, streamEnd + 1)
  if (timeEnd < 0 || streamEnd < 0) return undefined
  const stream = ascii(bytes.subarray(timeEnd + 1, streamEnd))
  const tag = ascii(bytes.subarray(streamEnd + 1, tagEnd < 0 ? bytes.length : tagEnd))
  if (stream !== 'stdout' && stream !== 'stderr') return undefined
  const text = tagEnd < 0 ? bytes.subarray(bytes.length) : bytes.subarray(tagEnd + 1)
  return { time: ascii(bytes.subarray(0, timeEnd)), stream, isPartial: tag.split(':')[0] === 'P', text }
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, ASCII_WORD_MOST))

/** A time stamp is 35 characters; nothing in the head of an entry is longer. */
const ASCII_WORD_MOST = 64
