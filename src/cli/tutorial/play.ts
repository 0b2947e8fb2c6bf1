import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { RunStep, TutorialDocument, TutorialStep } from './document.ts'
import { cleanLines, firstMissing, mismatch } from './match.ts'
import { runBlock, type ShellPlace, Terminal } from './terminal.ts'

/** Told of what happens, for the screen or a transcript. */
export interface PlayReport {
  section(title: string): void
  file(path: string): void
  command(script: string, terminal: string | undefined): void
  printed(text: string): void
  /** A check of the document: `problem` is undefined if it holds. */
  checked(step: TutorialStep, problem: string | undefined, seconds: number): void
}

export interface PlayResult {
  readonly steps: number
  readonly checks: number
  /** `name:line: what was wrong`, one a failed check. */
  readonly failures: readonly string[]
  readonly seconds: number
}

const POLL_MS = 200

/** Plays a document in `place`, as a reader would; stops at the first failed check, since later ones build on it. */
export async function playTutorial(
  document: TutorialDocument,
  place: ShellPlace,
  options: { readonly name: string; readonly report: PlayReport },
): Promise<PlayResult> {
  const began = performance.now()
  const play = new Play(place, options.report)
  const failures: string[] = []
  try {
    for (const step of document.steps) {
      const from = performance.now()
      const problem = await play.step(step)
      if (step.kind !== 'section' && step.kind !== 'file') {
        options.report.checked(step, problem, (performance.now() - from) / 1000)
      }
      if (problem !== undefined && 'line' in step) {
        failures.push(`${options.name}:${step.line}: ${problem}`)
        break
      }
    }
  } finally {
    await play.close()
  }
  return { steps: document.steps.length, checks: play.checks, failures, seconds: (performance.now() - began) / 1000 }
}

class Play {
  readonly #report: PlayReport
  readonly #terminals = new Map<string, Terminal>()
  #place: ShellPlace
  checks = 0

  constructor(place: ShellPlace, report: PlayReport) {
    this.#place = place
    this.#report = report
  }

  /** What is wrong, or undefined. */
  async step(step: TutorialStep): Promise<string | undefined> {
    switch (step.kind) {
      case 'section':
        this.#report.section(step.title)
        return undefined
      case 'file':
        this.#save(step.path, step.content)
        return undefined
      case 'run':
        return step.terminal === undefined ? await this.#run(step) : this.#type(step.terminal, step.script)
      case 'input':
        return this.#type(step.terminal, step.text)
      case 'seen':
        this.checks += 1
        return await this.#seen(step.terminal, step.expected.lines, step.withinSeconds)
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#terminals.values()].map((terminal) => terminal.close()))
  }

  #save(path: string, content: string): void {
    const full = join(this.#place.directory, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, content)
    this.#report.file(path)
  }

  #type(name: string, text: string): undefined {
    this.#report.command(text, name)
    this.#terminal(name).type(text)
  }

  #terminal(name: string): Terminal {
    const known = this.#terminals.get(name)
    if (known !== undefined) return known
    const opened = new Terminal(this.#place)
    this.#terminals.set(name, opened)
    return opened
  }

  async #seen(name: string, lines: readonly string[], withinSeconds: number): Promise<string | undefined> {
    const terminal = this.#terminal(name)
    const end = performance.now() + withinSeconds * 1000
    const patterns = lines.map((line) => line.replaceAll(/\s+/g, ' ').trim()).filter((line) => line !== '')
    for (;;) {
      const missing = firstMissing(patterns, cleanLines(terminal.unread))
      if (missing === undefined) break
      if (performance.now() > end) {
        this.#report.printed(terminal.unread)
        return `terminal ${name} did not show within ${withinSeconds} s: ${missing}`
      }
      await wait(POLL_MS)
    }
    this.#report.printed(terminal.unread)
    terminal.markRead()
    return undefined
  }

  /** Runs the block, again and again while `retry` allows it; only the last run is shown. */
  async #run(step: RunStep): Promise<string | undefined> {
    this.checks += 1
    this.#report.command(step.script, undefined)
    const end = performance.now() + step.retrySeconds * 1000
    for (;;) {
      const live = step.retrySeconds === 0
      const onPrint = live ? (text: string) => this.#report.printed(text) : () => {}
      const { printed, code } = await runBlock(step.script, this.#place, { ...step, onPrint })
      const problem = problemOf(step, printed, code)
      if (problem === undefined || performance.now() > end) {
        if (!live) this.#report.printed(printed)
        if (problem === undefined && step.capture !== undefined) this.#capture(step.capture, printed)
        return problem
      }
      await wait(POLL_MS)
    }
  }

  #capture(name: string, printed: string): void {
    this.#place = { ...this.#place, env: { ...this.#place.env, [name]: printed.trim() } }
  }
}

function problemOf(step: RunStep, printed: string, code: number | undefined): string | undefined {
  if (code === undefined) return `not done after ${step.timeoutSeconds} s`
  if (code !== step.exit) return `ended with code ${code}, expected ${step.exit}`
  return step.expected === undefined ? undefined : mismatch(step.expected, printed)
}
