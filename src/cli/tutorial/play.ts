import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Expected, InputStep, RunStep, SeenStep, TutorialDocument, TutorialStep } from './document.ts'
import { firstMissing, firstMissingOfAny, mismatch, patternsOf } from './match.ts'
import { sideBySide } from './side_by_side.ts'
import { runBlock, type ShellPlace, Terminal } from './terminal.ts'

/** Told of what happens, for the screen or a transcript. */
export interface PlayReport {
  section(title: string): void
  file(path: string): void
  command(script: string, terminal: string | undefined): void
  /** As it came from the command: any piece of text. */
  printed(text: string): void
  /** Whole lines of a second terminal, as they appear there. */
  shown(terminal: string, lines: readonly string[]): void
  /** Called again and again while something takes its time. */
  waiting(what: string, seconds: number, limitSeconds: number): void
  /** Nothing is waited for any more: the play has ended, also by an interruption. */
  ended(): void
  /** A check of the document: `failure` is undefined if it holds. */
  checked(step: TutorialStep, failure: Failure | undefined, seconds: number): void
}

export interface Failure {
  readonly problem: string
  /** What the document says beside what was printed. */
  readonly comparison: readonly string[]
}

export interface SectionResult {
  readonly title: string
  readonly checks: number
  readonly seconds: number
}

export interface PlayResult {
  readonly steps: number
  readonly checks: number
  /** `name:line: what was wrong`, one a failed check. */
  readonly failures: readonly string[]
  readonly sections: readonly SectionResult[]
  readonly seconds: number
}

export interface PlayOptions {
  readonly name: string
  readonly report: PlayReport
  /** An earlier play was cut short: run the blocks that clear what it left. */
  readonly startOver: boolean
  /** Ends the play; `playTutorial` then throws its reason. */
  readonly signal: AbortSignal
}

const POLL_MS = 200
/** A reader needs a moment, too, between starting a watch and turning to the other terminal. */
const SETTLE_MS = 700

/** Plays a document in `place`, as a reader would; stops at the first failed check, since later ones build on it. */
export async function playTutorial(
  document: TutorialDocument,
  place: ShellPlace,
  options: PlayOptions,
): Promise<PlayResult> {
  const began = performance.now()
  const play = new Play(place, options)
  const failures: string[] = []
  const sections: { title: string; checks: number; seconds: number }[] = []
  try {
    for (const [index, step] of document.steps.entries()) {
      const from = performance.now()
      if (step.kind === 'section') sections.push({ title: step.title, checks: 0, seconds: 0 })
      const failure = await play.step(step, document.steps[index + 1])
      const seconds = (performance.now() - from) / 1000
      options.report.checked(step, failure, seconds)
      const section = sections.at(-1)
      if (section !== undefined) {
        section.checks += isCheck(step) ? 1 : 0
        section.seconds += seconds
      }
      if (failure !== undefined && 'line' in step) {
        failures.push(`${options.name}:${step.line}: ${failure.problem}`)
        break
      }
    }
  } finally {
    options.report.ended()
    await play.close()
  }
  const checks = sections.reduce((sum, section) => sum + section.checks, 0)
  return { steps: document.steps.length, checks, failures, sections, seconds: (performance.now() - began) / 1000 }
}

const isCheck = (step: TutorialStep) =>
  step.kind === 'seen' || (step.kind === 'run' && step.terminal === undefined && !step.startOver)

class Play {
  readonly #options: PlayOptions
  readonly #terminals = new Map<string, Terminal>()
  #place: ShellPlace

  constructor(place: ShellPlace, options: PlayOptions) {
    this.#place = place
    this.#options = options
  }

  /** What is wrong, or undefined. */
  async step(step: TutorialStep, next: TutorialStep | undefined): Promise<Failure | undefined> {
    switch (step.kind) {
      case 'section':
        this.#options.report.section(step.title)
        return undefined
      case 'file':
        this.#save(step.path, step.content)
        return undefined
      case 'run':
        if (step.startOver && !this.#options.startOver) return undefined
        return step.terminal === undefined ? await this.#run(step) : await this.#type(step, step.terminal, next)
      case 'input':
        return await this.#type(step, step.terminal, next)
      case 'seen':
        return step.absentSeconds > 0 ? await this.#absent(step) : await this.#seen(step)
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#terminals.values()].map((terminal) => terminal.close()))
  }

  #save(path: string, content: string): void {
    const full = join(this.#place.directory, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, content)
    this.#options.report.file(path)
  }

  /** A command comes behind Ctrl-C, since a watch may still run in that terminal. */
  async #type(step: RunStep | InputStep, name: string, next: TutorialStep | undefined): Promise<undefined> {
    const text = step.kind === 'run' ? step.script : step.text
    this.#options.report.command(text, name)
    if (step.kind === 'run' && this.#terminals.has(name)) {
      this.#terminal(name).type('^C')
      await wait(POLL_MS, undefined, { signal: this.#options.signal })
    }
    this.#terminal(name).type(text)
    const looksThere = next?.kind === 'seen' && next.terminal === name
    if (!looksThere) await wait(SETTLE_MS, undefined, { signal: this.#options.signal })
  }

  #terminal(name: string): Terminal {
    const known = this.#terminals.get(name)
    if (known !== undefined) return known
    const opened = new Terminal(this.#place)
    this.#terminals.set(name, opened)
    return opened
  }

  /** Waits until the terminal has shown the lines. */
  async #seen(step: SeenStep): Promise<Failure | undefined> {
    const terminal = this.#terminal(step.terminal)
    const patterns = patternsOf(step.expected)
    const find = step.expected.mode === 'unordered' ? firstMissingOfAny : firstMissing
    const began = performance.now()
    for (;;) {
      const unread = terminal.unread
      const { missing, end } = find(patterns, unread)
      this.#options.report.shown(step.terminal, terminal.takeNew())
      if (missing === undefined) {
        terminal.markRead(end)
        return undefined
      }
      const seconds = (performance.now() - began) / 1000
      if (seconds > step.withinSeconds) {
        const problem = `terminal "${step.terminal}" did not show within ${step.withinSeconds} s: ${missing}`
        return failureOf(problem, step.expected, unread.join('\n'))
      }
      terminal.insist()
      await this.#pause(`for the terminal "${step.terminal}" to show: ${missing}`, seconds, step.withinSeconds)
    }
  }

  /** Watches the terminal for a while in which it must not show any of the lines. */
  async #absent(step: SeenStep): Promise<Failure | undefined> {
    const terminal = this.#terminal(step.terminal)
    terminal.markRead(terminal.unread.length)
    const began = performance.now()
    for (;;) {
      const unread = terminal.unread
      this.#options.report.shown(step.terminal, terminal.takeNew())
      const found = patternsOf(step.expected).find((pattern) => firstMissing([pattern], unread).missing === undefined)
      if (found !== undefined) {
        return failureOf(
          `terminal "${step.terminal}" shows what it must not: ${found}`,
          step.expected,
          unread.join('\n'),
        )
      }
      const seconds = (performance.now() - began) / 1000
      if (seconds > step.absentSeconds) return undefined
      await this.#pause(`whether the terminal "${step.terminal}" stays so`, seconds, step.absentSeconds)
    }
  }

  /** Runs the block, again and again while `retry` allows it; only the last run is shown. */
  async #run(step: RunStep): Promise<Failure | undefined> {
    this.#options.report.command(step.script, undefined)
    const began = performance.now()
    for (;;) {
      const live = step.retrySeconds === 0
      const { printed, code } = await this.#runOnce(step, live)
      const failure = failureOfRun(step, printed, code)
      const seconds = (performance.now() - began) / 1000
      if (failure === undefined || seconds > step.retrySeconds) {
        if (!live) this.#options.report.printed(printed)
        if (failure === undefined && step.capture !== undefined) this.#capture(step.capture, printed)
        return failure
      }
      await this.#pause(`until it is so (${failure.problem})`, seconds, step.retrySeconds)
    }
  }

  async #runOnce(step: RunStep, live: boolean) {
    const { report, signal } = this.#options
    const began = performance.now()
    const ticking = setInterval(() => {
      report.waiting('for the command to end', (performance.now() - began) / 1000, step.timeoutSeconds)
    }, POLL_MS)
    const onPrint = live ? (text: string) => report.printed(text) : () => {}
    try {
      return await runBlock(step.script, this.#place, { ...step, onPrint, signal })
    } finally {
      clearInterval(ticking)
    }
  }

  async #pause(what: string, seconds: number, limitSeconds: number): Promise<void> {
    this.#options.report.waiting(what, seconds, limitSeconds)
    await wait(POLL_MS, undefined, { signal: this.#options.signal })
  }

  #capture(name: string, printed: string): void {
    this.#place = { ...this.#place, env: { ...this.#place.env, [name]: printed.trim() } }
  }
}

function failureOfRun(step: RunStep, printed: string, code: number | undefined): Failure | undefined {
  const problem = problemOfRun(step, printed, code)
  return problem === undefined ? undefined : failureOf(problem, step.expected, printed)
}

function problemOfRun(step: RunStep, printed: string, code: number | undefined): string | undefined {
  if (code === undefined) return `not done after ${step.timeoutSeconds} s`
  if (code !== step.exit) return `ended with code ${code}, expected ${step.exit}`
  return step.expected === undefined ? undefined : mismatch(step.expected, printed)
}

const failureOf = (problem: string, expected: Expected | undefined, printed: string): Failure => ({
  problem,
  comparison: expected === undefined ? [] : sideBySide(expected, printed),
})
