import { appendFileSync } from 'node:fs'
import { styleText } from 'node:util'
import type { TutorialStep } from './document.ts'
import { cleanLines } from './match.ts'
import type { PlayReport } from './play.ts'

/** Shows a document as it is played: the commands as a reader would type them, their output, and each check. */
export function screenReport(options: { readonly transcript: string | undefined }): PlayReport {
  const write = (text: string) => {
    process.stdout.write(text)
    if (options.transcript !== undefined) appendFileSync(options.transcript, withoutStyle(text))
  }
  return {
    section: (title) => write(`\n${styled('bold', `## ${title}`)}\n`),
    file: (path) => write(`${styled('dim', `# saved ${path}`)}\n`),
    command: (script, terminal) => write(`\n${promptLines(script, terminal)}\n`),
    printed: (text) => write(cleanPrinted(text)),
    checked: (step, problem, seconds) => {
      const line = problemLine(step, problem, seconds)
      if (line !== '') write(`${line}\n`)
    },
  }
}

function problemLine(step: TutorialStep, problem: string | undefined, seconds: number): string {
  if (problem !== undefined) return styled('red', `✗ ${problem}`)
  if (step.kind === 'seen') return styled('green', `✓ terminal ${step.terminal} shows it (${seconds.toFixed(1)} s)`)
  if (step.kind === 'run' && step.terminal === undefined && step.expected !== undefined) {
    return styled('green', `✓ as the document says (${seconds.toFixed(1)} s)`)
  }
  return ''
}

function promptLines(script: string, terminal: string | undefined): string {
  const prompt = terminal === undefined ? '$' : `[${terminal}] $`
  return script
    .split('\n')
    .map((line, index) => styled('cyan', `${index === 0 ? prompt : '>'} ${line}`))
    .join('\n')
}

/** Carriage returns and cursor movements would spoil a transcript. */
function cleanPrinted(text: string): string {
  const clean = text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '')
  return clean === '' || clean.endsWith('\n') || cleanLines(clean).length === 0 ? clean : `${clean}\n`
}

const withoutStyle = (text: string) => text.replaceAll(/\u001b\[[0-9;]*m/g, '')
const styled = (style: 'bold' | 'dim' | 'red' | 'green' | 'cyan', text: string) =>
  styleText(style, text, { stream: process.stdout })
