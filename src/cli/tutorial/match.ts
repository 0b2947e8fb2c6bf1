import type { Expected } from './document.ts'
import { inOurWords, isPassingLine } from './wording.ts'

/** What differs from run to run; other words in angle brackets (`<none>`) stand for themselves. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  age: '(?:\\d+[smhdy])+',
  ip: '\\d+\\.\\d+\\.\\d+\\.\\d+',
  uid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  hash: '[bcdfghjklmnpqrstvwxz2456789]{5,10}',
  number: '\\d+',
  time: '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d\\S*',
  word: '\\S+',
  any: '.*',
}

/** Any number of lines, also none. */
export const ANY_LINES = '...'

/**
 * Compares what was printed with what the document says: runs of blanks count as one, `<age>` and
 * the like stand for any such value, a line `...` for any lines.
 * @returns what is wrong as a sentence, or undefined if nothing is
 */
export function mismatch(expected: Expected, printed: string): string | undefined {
  const patterns = patternsOf(expected)
  const lines = linesToCompare(patterns, cleanLines(printed))
  if (expected.mode === 'contains') {
    const { missing } = firstMissing(patterns, lines)
    return missing === undefined ? undefined : `not printed, or not in this order: ${missing}`
  }
  if (expected.mode === 'unordered') return unorderedMismatch(patterns, lines)
  return exactMismatch(patterns, lines)
}

/** The expected lines, ready to be compared. */
export const patternsOf = (expected: Expected): string[] =>
  expected.lines.map((line) => inOurWords(collapse(line))).filter((line) => line !== '')

/** The lines without colours, carriage returns, blank lines and needless blanks. */
export function cleanLines(printed: string): string[] {
  return withoutControls(printed)
    .split('\n')
    .map((line) => inOurWords(collapse(line)))
    .filter((line) => line !== '')
}

/** Cursor movements, colours, character sets, bells and carriage returns mean nothing in a text. */
export const withoutControls = (text: string): string =>
  text
    .replaceAll(/\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007]*\u0007|[()][A-Z0-9]|[=>])/g, '')
    .replaceAll(/[\r\u0007]/g, '')

/** Passing lines count only for a document that shows them. */
export const linesToCompare = (patterns: readonly string[], lines: readonly string[]): string[] =>
  lines.filter((line) => !isPassingLine(line) || patterns.some((pattern) => matches(pattern, line)))

/** The first pattern that does not occur behind the one before, and behind which line the last one found ends. */
export function firstMissing(
  patterns: readonly string[],
  lines: readonly string[],
): { readonly missing: string | undefined; readonly end: number } {
  let at = 0
  for (const pattern of patterns.filter((line) => line !== ANY_LINES)) {
    const found = lines.findIndex((line, index) => index >= at && matches(pattern, line))
    if (found < 0) return { missing: pattern, end: at }
    at = found + 1
  }
  return { missing: undefined, end: at }
}

/** As `firstMissing`, for patterns whose order does not matter; each needs a line of its own. */
export function firstMissingOfAny(patterns: readonly string[], lines: readonly string[]) {
  const taken = new Set<number>()
  for (const pattern of patterns) {
    const found = lines.findIndex((line, index) => !taken.has(index) && matches(pattern, line))
    if (found < 0) return { missing: pattern, end: 0 }
    taken.add(found)
  }
  return { missing: undefined, end: Math.max(0, ...[...taken].map((index) => index + 1)) }
}

export const matches = (pattern: string, line: string): boolean => expressionOf(pattern).test(line)

function exactMismatch(patterns: readonly string[], lines: readonly string[]): string | undefined {
  if (matchesFrom(patterns, lines)) return undefined
  const index = patterns.findIndex((pattern, at) => pattern === ANY_LINES || !matches(pattern, lines[at] ?? ''))
  const at = index < 0 ? patterns.length : index
  return `line ${at + 1}: expected "${patterns[at] ?? '(no more lines)'}", printed "${lines[at] ?? '(no more lines)'}"`
}

function matchesFrom(patterns: readonly string[], lines: readonly string[]): boolean {
  const [pattern, ...rest] = patterns
  if (pattern === undefined) return lines.length === 0
  if (pattern === ANY_LINES) return lines.some((_, at) => matchesFrom(rest, lines.slice(at))) || matchesFrom(rest, [])
  return lines[0] !== undefined && matches(pattern, lines[0]) && matchesFrom(rest, lines.slice(1))
}

function unorderedMismatch(patterns: readonly string[], lines: readonly string[]): string | undefined {
  const left = [...lines]
  for (const pattern of patterns) {
    const at = left.findIndex((line) => matches(pattern, line))
    if (at < 0) return `not printed: ${pattern}`
    left.splice(at, 1)
  }
  return left.length === 0 ? undefined : `printed but not expected: ${left[0]}`
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.split(/(<[a-z]+>)/).map((piece) => {
    const placeholder = PLACEHOLDERS[piece.slice(1, -1)]
    return /^<[a-z]+>$/.test(piece) && placeholder !== undefined
      ? placeholder
      : piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`)
}

const collapse = (line: string) => line.replaceAll(/\s+/g, ' ').trim()
