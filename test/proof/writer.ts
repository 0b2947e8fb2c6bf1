import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import type { AcknowledgedFile } from './acknowledged_file.ts'

export interface Pause {
  /** `performance.now()`. */
  readonly from: number
  readonly to: number
}

export interface WriterOptions {
  /** Connects a MySQL client to the primary: reads statements, prints their results, ends at the first error. */
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** What writes the row of an id, also when it is written already; then the client must print the id. */
  readonly statement: (id: number) => string
  readonly acknowledged: AcknowledgedFile
}

/** Statements on their way; what is lost with a connection is sent again. */
const IN_FLIGHT_MAX = 64
const RECONNECT_MS = 100
/** A connection that says nothing for so long is given up: a server that vanished cannot even refuse. */
const SILENCE_MS_MAX = 3_000
/** What is shorter is no pause, but the pace of the machine. */
const PAUSE_MS_MIN = 250
const WATCH_MS = 250

/**
 * Writes rows 1, 2, 3 … through one kept connection after the other, for as long as it is left running. An id
 * counts when the client has printed it, which is when the server has answered; an id without an answer is sent
 * again over the next connection.
 */
export class Writer {
  readonly #options: WriterOptions
  readonly #pauses: Pause[] = []
  #acknowledgedUpTo = 0
  #connections = 0
  #lastAnswer = performance.now()
  #lastHeard = performance.now()
  #complaint = ''
  #stopped = false
  #client: ChildProcess | undefined
  #running: Promise<void> | undefined

  constructor(options: WriterOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#acknowledgedUpTo
  }

  get connections(): number {
    return this.#connections
  }

  /** What the last connection that ended complained about. */
  get complaint(): string {
    return this.#complaint
  }

  start(): void {
    this.#lastAnswer = performance.now()
    this.#running = this.#run()
  }

  /** The longest time without an acknowledgement since `from`, in milliseconds. */
  longestPauseSince(from: number): number {
    const open = { from: this.#lastAnswer, to: performance.now() }
    const since = [...this.#pauses, open].filter(({ to }) => to > from).map((pause) => pause.to - pause.from)
    const longest = Math.max(0, ...since)
    return longest < PAUSE_MS_MIN ? 0 : longest
  }

  /** Resolves when everything sent is answered or given up. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#client?.stdin?.end()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#connection()
      if (!this.#stopped) await wait(RECONNECT_MS)
    }
  }

  #connection(): Promise<void> {
    const [program = '', ...args] = this.#options.command
    const client = spawn(program, args, { env: { ...process.env, ...this.#options.env } })
    this.#client = client
    this.#connections += 1
    this.#lastHeard = performance.now()
    let sent = this.#acknowledgedUpTo
    let unread = ''
    const send = () => {
      const first = sent + 1
      sent = this.#stopped ? sent : this.#acknowledgedUpTo + IN_FLIGHT_MAX
      const ids = Array.from({ length: sent - first + 1 }, (_, index) => first + index)
      if (ids.length > 0) client.stdin.write(ids.map((id) => `${this.#options.statement(id)}\n`).join(''))
    }
    client.stdin.on('error', () => {})
    client.stderr.on('data', (chunk: Buffer) => (this.#complaint = String(chunk).trim()))
    client.stdout.on('data', (chunk: Buffer) => {
      const lines = (unread + chunk).split('\n')
      unread = lines.pop() ?? ''
      this.#answered(lines.map(Number))
      send()
    })
    const watching = setInterval(() => {
      if (performance.now() - this.#lastHeard > SILENCE_MS_MAX) client.kill('SIGKILL')
    }, WATCH_MS)
    send()
    return new Promise((resolve) => {
      client.on('error', (error) => (this.#complaint = error.message))
      client.on('close', () => {
        clearInterval(watching)
        resolve()
      })
    })
  }

  #answered(ids: readonly number[]): void {
    for (const id of ids) {
      if (id !== this.#acknowledgedUpTo + 1)
        throw new Error(`the client answered ${id} after ${this.#acknowledgedUpTo}`)
      this.#acknowledgedUpTo = id
    }
    if (ids.length === 0) return
    this.#options.acknowledged.append(ids)
    const now = performance.now()
    if (now - this.#lastAnswer >= PAUSE_MS_MIN) this.#pauses.push({ from: this.#lastAnswer, to: now })
    this.#lastAnswer = now
    this.#lastHeard = now
  }
}
