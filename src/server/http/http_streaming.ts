import type { LogSink } from '../../api/container_log.ts'
import { ApiError } from '../../api/error.ts'
import type { UserInfo } from '../../api/request.ts'
import { checkAccess } from '../access/access.ts'
import { badRequest } from '../api_errors.ts'
import type { Core } from '../core.ts'
import { WATCH_BACKLOG_BYTES_MAX } from '../limits.ts'
import { type HttpResponse, type HttpSink, utf8 } from './http_types.ts'
import { logForm } from './messages.ts'
import { defined } from './query.ts'
import type { ResourcePath } from './router.ts'
import type { Upgrade } from './streaming_port.ts'
import {
  checkReachable,
  containerOf,
  isAssigned,
  logOptionsOf,
  noStreaming,
  podFor,
  refuseDryRun,
  tunnelRequestOf,
} from './streaming_requests.ts'

/** A request to `pods/log`, `exec`, `attach` or `portforward`. */
export interface StreamingRequest {
  readonly user: UserInfo
  readonly path: ResourcePath
  readonly query: URLSearchParams
  readonly signal: AbortSignal
}

interface LogRequest extends StreamingRequest {
  /** The header in which a WebSocket's client offers forms of messages. */
  readonly protocols: string | undefined
}

const TUNNELS = new Set(['exec', 'attach', 'portforward'])

export const isTunnel = ({ group, resource, subresource }: ResourcePath): boolean =>
  group === '' && resource === 'pods' && TUNNELS.has(subresource ?? '')

export const isLog = ({ group, resource, subresource }: ResourcePath): boolean =>
  group === '' && resource === 'pods' && subresource === 'log'

/**
 * Connects an upgraded client with a container. Whatever method opened the tunnel, the right to
 * `create` is asked for: reading alone must never be enough to run a command.
 */
export async function openTunnel(core: Core, request: StreamingRequest, upgrade: Upgrade | undefined): Promise<void> {
  const { user, path, query } = request
  const { namespace, name, subresource } = path
  const scope = defined({ namespace, name, subresource })
  refuseDryRun(query)
  checkAccess(core.authorizer, user, { verb: 'create', group: '', resource: 'pods', ...scope })
  const tunnel = tunnelRequestOf(core, path, query)
  if (upgrade === undefined) throw badRequest('Upgrade request required')
  if (core.deps.streaming === undefined) throw noStreaming()
  await core.deps.streaming.tunnel(tunnel, upgrade)
}

/** GET of a container's log. */
export async function answerLog(core: Core, { path, query, signal, protocols }: LogRequest): Promise<HttpResponse> {
  const options = logOptionsOf(path.name ?? '', query)
  const pod = podFor(core, path.namespace, path.name)
  const container = containerOf(pod, query.get('container') ?? '')
  if (!isAssigned(pod)) return { status: 204, headers: { 'cache-control': 'no-cache, private' }, body: [] }
  checkReachable(core, pod.spec.nodeName ?? '', 'pods')
  const { streaming } = core.deps
  if (streaming === undefined) throw noStreaming()
  const abort = new AbortController()
  signal.addEventListener('abort', () => abort.abort(), { once: true })
  const stream = new LogStream(() => abort.abort())
  await streaming.log(pod, { ...options, container }, stream, abort.signal)
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' },
    body: (sink) => stream.attach(sink),
    messages: logForm(protocols),
  }
}

/** Holds back what comes before the headers have been sent; ends the source when the reader is too slow. */
class LogStream implements LogSink {
  readonly #giveUp: () => void
  readonly #early: Uint8Array[] = []
  #sink: HttpSink | undefined
  #ended = false

  constructor(giveUp: () => void) {
    this.#giveUp = giveUp
  }

  attach(sink: HttpSink): void {
    this.#sink = sink
    for (const chunk of this.#early.splice(0)) sink.write(chunk)
    if (this.#ended) sink.end()
  }

  write(chunk: Uint8Array): number {
    if (this.#ended) return 0
    if (this.#sink === undefined) {
      this.#early.push(chunk)
      return this.#early.reduce((sum, one) => sum + one.length, 0)
    }
    const waiting = this.#sink.write(chunk)
    if (waiting > WATCH_BACKLOG_BYTES_MAX) this.#giveUp()
    return waiting
  }

  end(error?: Error): void {
    if (this.#ended) return
    if (error !== undefined) this.write(utf8(`${ApiError.from(error).message}\n`))
    this.#ended = true
    this.#sink?.end()
  }
}
