import type { Member } from './member.ts'

/** Where a screen has no end to the right. */
const COLUMNS = 160

/** One line a member, in columns, none longer than the screen. */
export function memberLines(members: readonly Member[], columns = COLUMNS): string[] {
  const cells = members.map((member) => [member.name, member.ready, roleText(member), member.node, stateText(member)])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells.map((row) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    return cut(line.trimEnd(), columns)
  })
}

/** The members that are not as they were in what the lag does not tell: lag changes all the time. */
export function changedMembers(before: readonly Member[], now: readonly Member[]): Member[] {
  const keyOf = ({ lagSeconds: _, ...rest }: Member) => JSON.stringify(rest)
  const known = new Set(before.map(keyOf))
  return now.filter((member) => !known.has(keyOf(member)))
}

function roleText({ role, lagSeconds }: Member): string {
  return lagSeconds === undefined ? role : `${role}, ${lagSeconds} s behind`
}

function stateText({ state, waitsFor }: Member): string {
  return [state, ...(waitsFor === '' ? [] : [`waits for ${waitsFor}`])].filter(Boolean).join(', ')
}

const cut = (line: string, columns: number): string => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line)
