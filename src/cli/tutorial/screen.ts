import { appendFileSync } from 'node:fs'
import { styleText } from 'node:util'
import type { TutorialStep } from './document.ts'
import { withoutControls } from './match.ts'
import type { Failure, PlayReport } from './play.ts'

/** Where the text goes: a terminal can take a line back, a file cannot. */
export interface ScreenOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
/** What is faster than this needs no spinner. */
const PATIENCE_SECONDS = 1
const COLUMNS = 100
const ERASE_LINE = '\r\u001b[2K'

/** Shows a document as it is played: the commands as a reader would type them, their output, and each check. */
export function screenReport(options: {
  readonly transcript: string | undefined
  readonly output?: ScreenOutput
}): PlayReport {
  const output = options.output ?? process.stdout
  const screen = new Screen(output, options.transcript)
  const styled = (style: Style, text: string) => (output.isTTY ? styleText(style, text) : text)
  return {
    section: (title) => screen.write(`\n${styled('bold', `## ${title}`)}\n`),
    file: (path) => screen.write(`${styled('dim', `# saved ${path}`)}\n`),
    command: (script, terminal) => screen.write(`\n${styled('cyan', withPrompt(script, terminal))}\n`),
    printed: (text) => screen.write(withoutControls(text)),
    shown: (terminal, lines) => {
      const prefix = styled('dim', `[${terminal}]`)
      screen.write(lines.map((line) => `${prefix} ${line}\n`).join(''))
    },
    waiting: (what, seconds, limit) => {
      if (seconds >= PATIENCE_SECONDS) screen.spin(`waiting ${what}`, `${seconds.toFixed(0)} of at most ${limit} s`)
    },
    ended: () => screen.write(''),
    checked: (step, failure, seconds) => {
      screen.write('')
      if (failure !== undefined) screen.line(styled('red', failureText(failure)))
      else if (verdictOf(step) !== '') screen.line(styled('green', `✓ ${verdictOf(step)} (${seconds.toFixed(1)} s)`))
    },
  }
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'cyan'

/** Writes text, and one passing line behind it that the next text replaces. */
class Screen {
  readonly #output: ScreenOutput
  readonly #transcript: string | undefined
  #spinning = false
  #turn = 0
  #atLineStart = true

  constructor(output: ScreenOutput, transcript: string | undefined) {
    this.#output = output
    this.#transcript = transcript
  }

  write(text: string): void {
    if (this.#spinning) this.#output.write(ERASE_LINE)
    this.#spinning = false
    if (text === '') return
    this.#output.write(text)
    this.#atLineStart = text.endsWith('\n')
    if (this.#transcript !== undefined) appendFileSync(this.#transcript, withoutControls(text))
  }

  /** A line of its own, also behind output that does not end with one. */
  line(text: string): void {
    this.write(`${this.#atLineStart ? '' : '\n'}${text}\n`)
  }

  spin(what: string, time: string): void {
    if (!this.#output.isTTY || !this.#atLineStart) return
    this.#turn = (this.#turn + 1) % SPINNER.length
    const room = (this.#output.columns ?? COLUMNS) - time.length - 6
    const short = what.length > room ? `${what.slice(0, room - 1)}…` : what
    this.#output.write(`${ERASE_LINE}${styleText('dim', `${SPINNER[this.#turn]} ${short}  ${time}`)}`)
    this.#spinning = true
  }
}

const failureText = ({ problem, comparison }: Failure): string =>
  [`✗ ${problem}`, ...comparison.map((line) => `    ${line}`)].join('\n')

function verdictOf(step: TutorialStep): string {
  if (step.kind === 'seen' && step.absentSeconds > 0) return `the terminal "${step.terminal}" does not show it`
  if (step.kind === 'seen') return `the terminal "${step.terminal}" shows it`
  const saysSomething = step.kind === 'run' && step.terminal === undefined && step.expected !== undefined
  return saysSomething ? 'as the document says' : ''
}

function withPrompt(script: string, terminal: string | undefined): string {
  const prompt = terminal === undefined ? '$' : `[${terminal}] $`
  return script
    .split('\n')
    .map((line, index) => `${index === 0 ? prompt : '>'} ${line}`)
    .join('\n')
}
