import type { ApiError } from '../api/error.ts'
import type { WatchHandle } from '../api/request.ts'
import type { Call } from './call.ts'
import type { Core } from './core.ts'
import { dispatchWatch } from './dispatch.ts'
import type { WatchOutput } from './handlers/watch.ts'
import { type HttpResponse, type HttpSink, utf8 } from './http_types.ts'
import { WATCH_BACKLOG_BYTES_MAX } from './limits.ts'
import type { Representation } from './negotiation.ts'
import { bytesOf, partialObject } from './representation.ts'
import { type IncludeObject, tableOf } from './table.ts'
import type { WatchChange } from './watch_events.ts'

export interface WatchAnswer {
  readonly representation: Representation
  readonly includeObject: IncludeObject
  readonly signal: AbortSignal
}

/** Answers a watch: one JSON object a line, headers at once. */
export async function answerWatch(core: Core, call: Call, answer: WatchAnswer): Promise<HttpResponse> {
  const stream = new WatchStream(frameWriter(core, call, answer))
  const handle = await dispatchWatch(core, call, stream)
  stream.handle = handle
  const stop = () => handle.stop()
  if (answer.signal.aborted) stop()
  answer.signal.addEventListener('abort', stop, { once: true })
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    body: (sink) => stream.attach(sink),
  }
}

type FrameWriter = (change: WatchChange) => Uint8Array

/** Holds back what comes before the socket is ready; afterwards passes on, and gives up on a reader that is too slow. */
class WatchStream implements WatchOutput {
  handle: WatchHandle | undefined
  readonly #frame: FrameWriter
  readonly #early: Uint8Array[] = []
  #sink: HttpSink | undefined
  #ended = false
  /** What existed at first may be more than a reader can take at once: it does not count as a backlog. */
  #initialBytes = 0
  #isInitial = true

  constructor(frame: FrameWriter) {
    this.#frame = frame
  }

  attach(sink: HttpSink): void {
    this.#sink = sink
    for (const chunk of this.#early.splice(0)) sink.write(chunk)
    if (this.#ended) sink.end()
  }

  change(change: WatchChange): void {
    this.#write(this.#frame(change))
  }

  caughtUp(): void {
    this.#isInitial = false
  }

  closed(error?: ApiError): void {
    if (error !== undefined) this.#write(utf8(`${JSON.stringify({ type: 'ERROR', object: error.toStatus() })}\n`))
    this.#ended = true
    this.#sink?.end()
  }

  #write(chunk: Uint8Array): void {
    if (this.#ended) return
    if (this.#isInitial) this.#initialBytes += chunk.length
    if (this.#sink === undefined) this.#early.push(chunk)
    else if (this.#sink.write(chunk) > WATCH_BACKLOG_BYTES_MAX + this.#initialBytes) this.handle?.stop()
  }
}

function frameWriter(core: Core, call: Call, { representation, includeObject }: WatchAnswer): FrameWriter {
  const { transform } = representation
  const { facts } = call.target
  if (transform === undefined) return plainFrame
  if (transform.as !== 'Table')
    return (change) => jsonFrame(change.type, partialObject(change.view.object, transform.version))
  let first = true
  return (change) => {
    const options = { includeObject, now: core.deps.clock.now(), columns: first }
    const body = { type: 'object', facts, view: change.view } as const
    if (change.type === 'BOOKMARK') {
      return jsonFrame(change.type, {
        ...tableOf(body, transform.version, { ...options, includeObject: 'Metadata', columns: false }),
      })
    }
    first = false
    return jsonFrame(change.type, tableOf(body, transform.version, options))
  }
}

const jsonFrame = (type: string, object: object): Uint8Array => utf8(`${JSON.stringify({ type, object })}\n`)

/** Frames that were made for one watcher serve all others of the same change. */
const frames = new WeakMap<object, Map<string, Uint8Array>>()
const FRAME_END = utf8('}\n')

function plainFrame({ type, view }: WatchChange): Uint8Array {
  const known = frames.get(view.object) ?? new Map<string, Uint8Array>()
  const shared = known.get(type)
  if (shared !== undefined) return shared
  const head = utf8(`{"type":"${type}","object":`)
  const bytes = bytesOf(view)
  const frame = new Uint8Array(head.length + bytes.length + FRAME_END.length)
  frame.set(head)
  frame.set(bytes, head.length)
  frame.set(FRAME_END, head.length + bytes.length)
  known.set(type, frame)
  frames.set(view.object, known)
  return frame
}
