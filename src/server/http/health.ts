import type { Core } from '../core.ts'
import { HEALTH_CHECK_MS_MAX } from '../limits.ts'
import { notFoundPage, plainText } from './http_answers.ts'
import { type HttpRequest, type HttpResponse, utf8 } from './http_types.ts'

/** Whether one part of the server works: rejects when it does not. */
type Check = (core: Core) => Promise<void>

/** By their names in upstream; what is called `etcd` there is the store with its journal here. */
const CHECKS: ReadonlyMap<string, Check> = new Map([
  ['ping', async () => {}],
  ['etcd', storeIsDurable],
])

/** The newest state that was given out reaches the disk within the time. */
function storeIsDurable({ store, deps }: Core): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = deps.clock.after(HEALTH_CHECK_MS_MAX, () => reject(new Error('the journal does not answer')))
    store
      .durable(store.headRevision)
      .then(resolve, reject)
      .finally(() => timer.cancel())
  })
}

const PATH = /^\/(healthz|livez|readyz)(?:\/(.+))?$/

export const isHealthPath = (path: string): boolean => PATH.test(path)

/** The paths of all checks. */
export const healthPaths = (): string[] =>
  ['healthz', 'livez', 'readyz'].flatMap((name) => [
    `/${name}`,
    ...[...CHECKS.keys()].map((check) => `/${name}/${check}`),
  ])

/** Answers whether the server works: all checks together, or the one that the path names. */
export async function answerHealth(core: Core, { path, query }: HttpRequest): Promise<HttpResponse> {
  const [, name = '', single] = PATH.exec(path) ?? []
  if (single === undefined) return answerAll(core, name, new URLSearchParams(query))
  const check = CHECKS.get(single)
  if (check === undefined) return notFoundPage()
  const fault = await faultOf(core, check)
  if (fault !== undefined) return plainText(500, `internal server error: ${fault}\n`)
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: [utf8('ok')] }
}

async function faultOf(core: Core, check: Check): Promise<string | undefined> {
  try {
    await check(core)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

async function answerAll(core: Core, name: string, query: URLSearchParams): Promise<HttpResponse> {
  const excluded = new Set(query.getAll('exclude'))
  const lines: string[] = []
  let failed = false
  for (const [check, run] of CHECKS) {
    if (excluded.delete(check)) {
      lines.push(`[+]${check} excluded: ok\n`)
      continue
    }
    const fault = await faultOf(core, run)
    failed ||= fault !== undefined
    lines.push(fault === undefined ? `[+]${check} ok\n` : `[-]${check} failed: reason withheld\n`)
  }
  if (excluded.size > 0) {
    const names = [...excluded].sort().map((one) => `"${one}"`)
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names.join(',')}\n`)
  }
  if (failed) return plainText(500, `${lines.join('')}${name} check failed\n`)
  return plainText(200, query.has('verbose') ? `${lines.join('')}${name} check passed\n` : 'ok')
}
