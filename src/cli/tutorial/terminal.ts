import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { cleanLines, withoutControls } from './match.ts'

export interface ShellPlace {
  /** The reader's folder. */
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
}

export interface CommandEnd {
  /** Standard output and standard error as they came. */
  readonly printed: string
  /** undefined: ended because its time ran out. */
  readonly code: number | undefined
}

const END_MS = 3000
const POLL_MS = 50
/** What a block leaves running behind its back gets this long to end. */
const LEFT_OVER_MS = 2000
/** How long a program gets to show that Ctrl-C did not end it. */
const INSIST_MS = 1500
const PRINTED_LETTERS_MAX = 4_000_000

/** Runs a block in a shell of its own, with the outputs in one stream as on a screen. @throws the signal's reason */
export function runBlock(
  script: string,
  place: ShellPlace,
  options: {
    readonly tty: boolean
    readonly timeoutSeconds: number
    readonly onPrint: (text: string) => void
    readonly signal: AbortSignal
  },
): Promise<CommandEnd> {
  options.signal.throwIfAborted()
  const child = options.tty
    ? startOnTerminal(['bash', '-c', script], place)
    : startInGroup(['bash', '-c', `exec 2>&1\n${script}`], place)
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    printed = (printed + chunk).slice(-PRINTED_LETTERS_MAX)
    options.onPrint(String(chunk))
  })
  return new Promise((resolve, reject) => {
    let late = false
    const end = () => void (options.tty ? hangUp(child) : endGroup(child))
    const timer = setTimeout(() => {
      late = true
      end()
    }, options.timeoutSeconds * 1000)
    options.signal.addEventListener('abort', end)
    let leftOver: NodeJS.Timeout | undefined
    child.on('exit', () => {
      leftOver = setTimeout(() => killGroup(child, 'SIGKILL'), LEFT_OVER_MS)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      clearTimeout(leftOver)
      options.signal.removeEventListener('abort', end)
      if (options.signal.aborted) reject(options.signal.reason)
      else resolve({ printed, code: late ? undefined : (code ?? 1) })
    })
  })
}

/** A second terminal with a shell in it, into which a reader types. */
export class Terminal {
  readonly #child: ChildProcess
  #screen = ''
  #read = 0
  /** The position on the screen up to which `takeNew` has answered. */
  #shown = 0
  #typed: readonly string[] = []
  #lookedAt = 0
  #lettersSeen: number | undefined

  constructor(place: ShellPlace) {
    // Without echo and prompt: what was typed is shown by whoever typed it.
    const shell = ['bash', '--norc', '--noprofile', '--noediting', '-i']
    this.#child = startOnTerminal(shell, { ...place, env: { ...place.env, PS1: '', PS2: '' } }, '-echo')
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      if (this.#screen.length < PRINTED_LETTERS_MAX) this.#screen += chunk
    })
    this.#child.stdin?.on('error', () => {})
  }

  /** The lines since the last typing that no check has used up. */
  get unread(): readonly string[] {
    return cleanLines(this.#screen).slice(this.#read)
  }

  /** The next `count` lines are used up: what comes behind them is for the next check. */
  markRead(count: number): void {
    this.#read += count
  }

  /** The whole lines that have come since this was asked last, as they stand there; not the echo of what was typed. */
  takeNew(): readonly string[] {
    const end = this.#screen.lastIndexOf('\n') + 1
    const lines = withoutControls(this.#screen.slice(this.#shown, end)).split('\n').slice(0, -1)
    this.#shown = Math.max(end, this.#shown)
    return lines.filter((line) => line.trim() !== '' && !this.#typed.some((typed) => isEcho(line, typed)))
  }

  /** `^C` and `^D` on a line of their own are the keys; every other line ends with Enter. Looks at nothing older from here on. */
  type(text: string): void {
    this.#screen = ''
    this.#read = 0
    this.#shown = 0
    this.#typed = text.split('\n')
    this.#lookedAt = performance.now()
    this.#lettersSeen = undefined
    for (const line of text.split('\n')) {
      this.#child.stdin?.write(line === '^C' ? '\u0003' : line === '^D' ? '\u0004' : `${line}\n`)
    }
  }

  /**
   * A reader presses Ctrl-C again when what runs there goes on: a shell's loop does, if the key meets a program
   * in it that catches the key. What prints nothing any more is ending, and left alone.
   */
  insist(): void {
    const now = performance.now()
    if (this.#typed.join() !== '^C' || now - this.#lookedAt < INSIST_MS) return
    const goesOn = this.#lettersSeen !== undefined && this.#screen.length > this.#lettersSeen
    if (goesOn) this.#child.stdin?.write('\u0003')
    // After a press, what comes first may be the end of it.
    this.#lettersSeen = goesOn ? undefined : this.#screen.length
    this.#lookedAt = now
  }

  async close(): Promise<void> {
    await hangUp(this.#child)
  }
}

/** `nslookup web-0` or, with a prompt before it, `/ # nslookup web-0`. */
const isEcho = (line: string, typed: string) =>
  line.endsWith(typed) && /^(.{0,40}[#$>] ?)?$/.test(line.slice(0, line.length - typed.length))

/** `script` gives the command a terminal, which Node alone cannot make. */
function startOnTerminal(command: readonly string[], place: ShellPlace, settings = ''): ChildProcess {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const prepared = `stty cols 200 rows 50 ${settings}; exec ${quoted}`
  return startInGroup(
    ['script', '--quiet', '--flush', '--return', '--command', prepared, '/dev/null'],
    { ...place, env: { SHELL: '/bin/sh', ...place.env } },
    'pipe',
  )
}

function startInGroup(
  command: readonly string[],
  place: ShellPlace,
  stdin: 'pipe' | 'ignore' = 'ignore',
): ChildProcess {
  // Also `kill -9` of this process must not leave a watch behind.
  return spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    cwd: place.directory,
    env: { ...process.env, TERM: 'xterm', ...place.env },
    stdio: [stdin, 'pipe', 'inherit'],
    detached: true,
  })
}

/** Ends the whole process group. */
async function endGroup(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGKILL'] as const) {
    if (hasEnded(child) || !killGroup(child, signal)) return
    for (let waited = 0; waited < END_MS && !hasEnded(child); waited += POLL_MS) await wait(POLL_MS)
  }
}

/**
 * Takes the terminal away, as closing its window does: the kernel then sends SIGHUP to the shell in
 * it and to what the shell runs, so that no watch outlives the document.
 */
async function hangUp(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || !killGroup(child, 'SIGKILL')) return
  for (let waited = 0; waited < END_MS && !hasEnded(child); waited += POLL_MS) await wait(POLL_MS)
  await wait(POLL_MS)
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

function killGroup(child: ChildProcess, signal: NodeJS.Signals): boolean {
  if (child.pid === undefined) return false
  try {
    return process.kill(-child.pid, signal)
  } catch {
    return false
  }
}
