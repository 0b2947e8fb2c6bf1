import type { Expected } from './document.ts'
import { ANY_LINES, cleanLines, linesToCompare, matches, patternsOf } from './match.ts'

/** One line of the comparison; a side that has nothing there is undefined. */
export interface ComparedLine {
  readonly expected: string | undefined
  readonly printed: string | undefined
}

/** A long output is not shown from its beginning: what was printed last says most. */
const LINES_MAX = 60
const COLUMN_MAX = 76

/**
 * What the document says beside what was printed, with a mark at each line that is only on one side:
 *
 *       document says         | printed
 *       NAME    READY         | NAME READY
 *     - web-0   1/1           |
 *     +                       | web-0 0/1
 */
export function sideBySide(expected: Expected, printed: string): string[] {
  const patterns = patternsOf(expected)
  const all = linesToCompare(patterns, cleanLines(printed))
  const rows = align(patterns, all.slice(-LINES_MAX))
  const width = Math.min(COLUMN_MAX, Math.max(...rows.map((row) => row.expected?.length ?? 0), 'document says'.length))
  const line = (mark: string, left: string, right: string) => `${mark} ${left.padEnd(width)} | ${right}`.trimEnd()
  return [
    line(' ', 'document says', 'printed'),
    ...(all.length > LINES_MAX ? [line(' ', '', `(${all.length - LINES_MAX} lines before)`)] : []),
    ...rows.map((row) => line(markOf(row, expected.mode), row.expected ?? '', row.printed ?? '')),
  ]
}

function markOf(row: ComparedLine, mode: Expected['mode']): string {
  if (row.expected === ANY_LINES) return ' '
  if (row.printed === undefined) return '-'
  return row.expected === undefined && mode !== 'contains' ? '+' : ' '
}

/** The longest common run of both, as `diff` finds it: as many expected lines as possible meet their printed ones. */
function align(patterns: readonly string[], lines: readonly string[]): ComparedLine[] {
  const best = commonLengths(patterns, lines)
  const rows: ComparedLine[] = []
  let [left, right] = [0, 0]
  while (left < patterns.length || right < lines.length) {
    const [pattern, line] = [patterns[left], lines[right]]
    if (pattern !== undefined && line !== undefined && matches(pattern, line)) {
      rows.push({ expected: pattern, printed: line })
      left += 1
      right += 1
    } else if (
      line === undefined ||
      (pattern !== undefined && at(best, left + 1, right) >= at(best, left, right + 1))
    ) {
      rows.push({ expected: pattern, printed: undefined })
      left += 1
    } else {
      rows.push({ expected: undefined, printed: line })
      right += 1
    }
  }
  return rows
}

function commonLengths(patterns: readonly string[], lines: readonly string[]): number[][] {
  const best = Array.from({ length: patterns.length + 1 }, () => new Array<number>(lines.length + 1).fill(0))
  for (let left = patterns.length - 1; left >= 0; left -= 1) {
    for (let right = lines.length - 1; right >= 0; right -= 1) {
      const row = best[left] as number[]
      row[right] = matches(patterns[left] ?? '', lines[right] ?? '')
        ? at(best, left + 1, right + 1) + 1
        : Math.max(at(best, left + 1, right), at(best, left, right + 1))
    }
  }
  return best
}

const at = (table: readonly (readonly number[])[], left: number, right: number) => table[left]?.[right] ?? 0
