import { wholeOf } from '../../base/chunks.ts'
import { systemClock } from '../../base/clock.ts'
import { silentLog } from '../../base/log.ts'
import { seededRandom } from '../../base/random.ts'
import { MemoryJournal } from '../../store/memory_journal.ts'
import { createStore } from '../../store/mvcc.ts'
import type { HttpRequest } from '../http/http_types.ts'
import { utf8 } from '../http/http_types.ts'
import { createServer, type Server } from '../server.ts'
import type { ServerDeps } from '../server_deps.ts'

/** What a test asks; the body is sent as JSON unless it is text. */
export interface Question {
  readonly method?: string
  readonly path: string
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
  /** Without it the administrator asks. */
  readonly token?: string | undefined
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any kind
  readonly json: any
}

export interface TestServer {
  readonly server: Server
  ask(question: Question): Promise<Reply>
  /** Opens a watch; lines arrive in the list. */
  watch(path: string): Promise<{ readonly lines: string[]; stop(): void }>
  stop(): Promise<void>
}

const ADMIN = 'admin-token'
const ANN = 'ann-token'

/** A started server over a store in memory, asked without a socket. Tokens: the administrator's, and `ann-token`. */
export async function startTestServer(
  extra: Pick<ServerDeps, 'tokens' | 'audit' | 'nodeStats' | 'bestPracticeWarnings' | 'proxy' | 'streaming'> = {},
): Promise<TestServer> {
  const store = await createStore({ journal: new MemoryJournal(), clock: systemClock, log: silentLog, freeze: true })
  const server = createServer({
    store,
    clock: systemClock,
    random: seededRandom('server'),
    log: silentLog,
    ...extra,
    staticTokens: new Map([
      [ADMIN, { name: 'admin', groups: ['system:masters'] }],
      [ANN, { name: 'ann', groups: [] }],
    ]),
  })
  await server.start()
  return {
    server,
    ask: async (question) => {
      const abort = new AbortController()
      const { status, headers, body } = await server.http(requestOf(question, abort.signal))
      abort.abort()
      const chunks = typeof body === 'function' ? [] : body
      const text = Buffer.from(wholeOf(chunks)).toString()
      return { status, headers, text, json: jsonOf(text) }
    },
    watch: async (path) => {
      const abort = new AbortController()
      const { body } = await server.http(requestOf({ path }, abort.signal))
      const lines: string[] = []
      if (typeof body === 'function') {
        const write = (chunk: Uint8Array): number => {
          lines.push(...Buffer.from(chunk).toString().trim().split('\n'))
          return 0
        }
        body({ write, end: () => {} })
      }
      return { lines, stop: () => abort.abort() }
    },
    stop: async () => {
      await server.stop()
      await store.close()
    },
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function requestOf(
  { method = 'GET', path, body, headers = {}, token = ADMIN }: Question,
  signal: AbortSignal,
): HttpRequest {
  const [bare = '', query = ''] = path.split('?')
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null)
  const bytes = body === undefined ? new Uint8Array() : utf8(text)
  const authorization = token === '' ? {} : { authorization: `Bearer ${token}` }
  return {
    method,
    path: bare,
    query,
    headers: { ...authorization, ...headers },
    client: undefined,
    signal,
    body: async () => bytes,
  }
}
