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
const UP_ONE_LINE = '\u001b[1A'

/** What a screen shows below the text for as long as the document is played. */
export interface Footer {
  /** As it is now, in lines of at most so many columns. */
  lines(columns: number): readonly string[]
  /** Where nothing can be shown in place: the lines that are new since this was asked last. */
  news(): readonly string[]
}

/** Shows a document as it is played: the commands as a reader would type them, their output, and each check. */
export function screenReport(options: {
  readonly transcript: string | undefined
  readonly output?: ScreenOutput
  readonly footer?: Footer
}): PlayReport {
  const output = options.output ?? process.stdout
  const screen = new Screen(output, options)
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
      const patience = seconds >= PATIENCE_SECONDS
      screen.spin(
        patience ? { what: `waiting ${what}`, time: `${seconds.toFixed(0)} of at most ${limit} s` } : undefined,
      )
    },
    ended: () => screen.clear(),
    checked: (step, failure, seconds) => {
      if (failure !== undefined) screen.line(styled('red', failureText(failure)))
      else if (verdictOf(step) !== '') screen.line(styled('green', `✓ ${verdictOf(step)} (${seconds.toFixed(1)} s)`))
    },
  }
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'cyan'

/** What is waited for, and for how long. */
interface Spin {
  readonly what: string
  readonly time: string
}

/** Writes text, and passing lines behind it that the next text replaces: the footer, and a spinner. */
class Screen {
  readonly #output: ScreenOutput
  readonly #transcript: string | undefined
  readonly #footer: Footer | undefined
  #passingLines = 0
  #turn = 0
  #atLineStart = true

  constructor(output: ScreenOutput, options: { readonly transcript: string | undefined; readonly footer?: Footer }) {
    this.#output = output
    this.#transcript = options.transcript
    this.#footer = options.footer
  }

  write(text: string): void {
    if (text === '') return
    this.clear()
    this.#output.write(text)
    this.#atLineStart = text.endsWith('\n')
    if (this.#transcript !== undefined) appendFileSync(this.#transcript, withoutControls(text))
    this.#pass([])
  }

  /** A line of its own, also behind output that does not end with one. */
  line(text: string): void {
    this.write(`${this.#atLineStart ? '' : '\n'}${text}\n`)
  }

  spin(spin: Spin | undefined): void {
    this.#pass(spin === undefined ? [] : [this.#spinLine(spin)])
  }

  /** Takes the passing lines back. */
  clear(): void {
    if (this.#passingLines > 0) this.#output.write(this.#taking())
    this.#passingLines = 0
  }

  get #columns(): number {
    return this.#output.columns ?? COLUMNS
  }

  #spinLine({ what, time }: Spin): string {
    this.#turn = (this.#turn + 1) % SPINNER.length
    const room = this.#columns - time.length - 6
    const short = what.length > room ? `${what.slice(0, room - 1)}…` : what
    return styleText('dim', `${SPINNER[this.#turn]} ${short}  ${time}`)
  }

  #pass(below: readonly string[]): void {
    if (!this.#atLineStart) return
    if (!this.#output.isTTY) {
      for (const line of this.#footer?.news() ?? []) this.#output.write(`${line}\n`)
      return
    }
    const footer = (this.#footer?.lines(this.#columns - 1) ?? []).map((line) => styleText('yellow', line))
    const lines = [...footer, ...below]
    if (lines.length === 0) {
      this.clear()
      return
    }
    // In one piece, so that nothing flickers.
    this.#output.write(`${this.#taking()}${ERASE_LINE}${lines.join('\n')}`)
    this.#passingLines = lines.length
  }

  /** What takes the passing lines back. */
  #taking(): string {
    return this.#passingLines === 0 ? '' : ERASE_LINE + (UP_ONE_LINE + ERASE_LINE).repeat(this.#passingLines - 1)
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
