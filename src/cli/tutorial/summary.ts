import type { PlayResult } from './play.ts'

/** What a play came to: each section that checks something, with its time, and the whole. */
export function summaryLines(title: string, result: PlayResult): string[] {
  const sections = result.sections.filter((section) => section.checks > 0)
  const width = Math.max(0, ...sections.map((section) => section.title.length))
  const rows = sections.map(
    ({ title, checks, seconds }) =>
      `  ${title.padEnd(width)}  ${String(checks).padStart(3)} checks  ${seconds.toFixed(1).padStart(6)} s`,
  )
  const verdict =
    result.failures.length === 0 ? 'all as the document says' : `${result.failures.length} not as the document says`
  return [
    '',
    ...rows,
    '',
    `${title}: ${result.steps} steps, ${result.checks} checks, ${verdict}, ${result.seconds.toFixed(1)} s`,
  ]
}
