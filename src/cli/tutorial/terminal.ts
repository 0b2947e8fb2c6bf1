import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

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
const PRINTED_LETTERS_MAX = 4_000_000

/** Runs a block in a shell of its own, with the outputs in one stream as on a screen. */
export function runBlock(
  script: string,
  place: ShellPlace,
  options: { readonly tty: boolean; readonly timeoutSeconds: number; readonly onPrint: (text: string) => void },
): Promise<CommandEnd> {
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
    const timer = setTimeout(() => {
      late = true
      void endGroup(child)
    }, options.timeoutSeconds * 1000)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ printed, code: late ? undefined : (code ?? 1) })
    })
  })
}

/** A second terminal with a shell in it, into which a reader types. */
export class Terminal {
  readonly #child: ChildProcess
  #screen = ''
  #read = 0

  constructor(place: ShellPlace) {
    this.#child = startOnTerminal(['bash', '--norc', '--noprofile'], { ...place, env: { ...place.env, PS1: '$ ' } })
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#screen = (this.#screen + chunk).slice(-PRINTED_LETTERS_MAX)
    })
    this.#child.stdin?.on('error', () => {})
  }

  /** What was printed since the last `markRead`. */
  get unread(): string {
    return this.#screen.slice(this.#read)
  }

  markRead(): void {
    this.#read = this.#screen.length
  }

  /** `^C` and `^D` on a line of their own are the keys; every other line ends with Enter. */
  type(text: string): void {
    for (const line of text.split('\n')) {
      this.#child.stdin?.write(line === '^C' ? '\u0003' : line === '^D' ? '\u0004' : `${line}\n`)
    }
  }

  async close(): Promise<void> {
    await endGroup(this.#child)
  }
}

/** `script` gives the command a terminal, which Node alone cannot make. */
function startOnTerminal(command: readonly string[], place: ShellPlace): ChildProcess {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  return startInGroup(
    ['script', '--quiet', '--flush', '--return', '--command', `stty cols 200 rows 50; ${quoted}`, '/dev/null'],
    place,
    'pipe',
  )
}

function startInGroup(
  command: readonly string[],
  place: ShellPlace,
  stdin: 'pipe' | 'ignore' = 'ignore',
): ChildProcess {
  const [file = '', ...args] = command
  return spawn(file, args, {
    cwd: place.directory,
    env: { ...process.env, TERM: 'xterm', ...place.env },
    stdio: [stdin, 'pipe', 'inherit'],
    detached: true,
  })
}

/** Ends the whole process group: a watch must not outlive the document. */
async function endGroup(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGHUP', 'SIGTERM', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      return
    }
    for (let waited = 0; waited < END_MS && child.exitCode === null && child.signalCode === null; waited += 50)
      await wait(50)
  }
}
