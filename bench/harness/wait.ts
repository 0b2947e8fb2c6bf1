import type { Target } from './connection.ts'
import { Connection } from './connection.ts'

const WAIT_MS_MAX = 120_000

/** Asks again every `everyMs` until `check` answers something. @throws Error after two minutes */
export async function until<Result>(
  check: () => Promise<Result | undefined>,
  what: string,
  everyMs = 10,
): Promise<Result> {
  const end = performance.now() + WAIT_MS_MAX
  for (;;) {
    const found = await check()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`waited two minutes in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** A watch whose events are looked at one by one. */
export interface Watching {
  /** Resolves when an event satisfies `is`, now or among those seen before. */
  until(is: (event: WatchEvent) => boolean, what: string): Promise<void>
  close(): void
}

export interface WatchEvent {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name: string }
    readonly spec?: Readonly<Record<string, unknown>>
    readonly status?: Readonly<Record<string, unknown>>
  }
}

/** Watches `path` (which has a query already or gets one). */
export async function watching(target: Target, path: string): Promise<Watching> {
  const connection = await Connection.open(target)
  let look: ((event: WatchEvent) => void) | undefined
  let rest = ''
  await connection.watch(`${path}${path.includes('?') ? '&' : '?'}watch=1`, (chunk) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) look?.(JSON.parse(line) as WatchEvent)
  })
  return {
    until: (is, what) =>
      new Promise((resolve, reject) => {
        const tooLong = setTimeout(() => reject(new Error(`waited two minutes in vain for: ${what}`)), WAIT_MS_MAX)
        look = (event) => {
          if (!is(event)) return
          clearTimeout(tooLong)
          look = undefined
          resolve()
        }
      }),
    close: () => connection.close(),
  }
}
