import type { ApiError } from '../../api/error.ts'
import type { WatchHandle } from '../../api/request.ts'
import type { Backlogs, Reader } from '../../base/backlogs.ts'
import type { Call } from '../call.ts'
import type { Core } from '../core.ts'
import { dispatchWatch } from '../dispatch.ts'
import type { WatchOutput } from '../handlers/watch.ts'
import { WATCH_BACKLOG_BYTES_MAX } from '../limits.ts'
import { warningHeaders } from '../warnings.ts'
import type { WatchChange } from '../watch_events.ts'
import { FrameBatch } from './frame_batch.ts'
import type { HttpResponse, HttpSink } from './http_types.ts'
import { EVENTS_AS_BYTES, EVENTS_AS_TEXTS } from './messages.ts'
import { checkStreams } from './negotiation.ts'
import { type FrameOptions, type FrameWriter, frameWriter } from './watch_frames.ts'

export interface WatchAnswer extends FrameOptions {
  readonly signal: AbortSignal
}

/** Answers a watch: one frame a change, headers at once. */
export async function answerWatch(core: Core, call: Call, answer: WatchAnswer): Promise<HttpResponse> {
  const frames = await frameWriter(call.target.facts, answer, () => core.deps.clock.now())
  const stream = new WatchStream(frames, core.backlogs)
  const handle = await dispatchWatch(core, call, stream)
  stream.handle = handle
  if (answer.representation.mediaType === 'application/yaml') handle.stop()
  checkStreams(answer.representation)
  const stop = () => handle.stop()
  if (answer.signal.aborted) stop()
  answer.signal.addEventListener('abort', stop, { once: true })
  const warning = warningHeaders(call.warnings)
  return {
    status: 200,
    headers: { 'content-type': frames.contentType, ...(warning.length === 0 ? {} : { warning }) },
    body: (sink) => stream.attach(sink),
    messages: frames.contentType === 'application/json' ? EVENTS_AS_TEXTS : EVENTS_AS_BYTES,
  }
}

/** Holds back what comes before the socket is ready; afterwards passes on, and gives up on a reader that is too slow. */
class WatchStream implements WatchOutput, Reader {
  handle: WatchHandle | undefined
  readonly #frames: FrameWriter
  readonly #backlogs: Backlogs
  readonly #early: Uint8Array[] = []
  readonly #batch = new FrameBatch((piece) => this.#send(piece))
  #sink: HttpSink | undefined
  #ended = false
  /** What existed at first may be more than a reader can take at once: it does not count as a backlog. */
  #initialBytes = 0
  #isInitial = true

  constructor(frames: FrameWriter, backlogs: Backlogs) {
    this.#frames = frames
    this.#backlogs = backlogs
  }

  attach(sink: HttpSink): void {
    this.#sink = sink
    for (const piece of this.#early.splice(0)) sink.write(piece)
    if (this.#ended) sink.end()
  }

  change(change: WatchChange): void {
    this.#write(this.#frames.change(change))
  }

  caughtUp(): void {
    this.#batch.flush()
    this.#isInitial = false
  }

  closed(error?: ApiError): void {
    if (error !== undefined) this.#write(this.#frames.error(error))
    this.#batch.flush()
    this.#ended = true
    this.#backlogs.forget(this)
    this.#sink?.end()
  }

  waiting(): number {
    return this.#sink?.waiting?.() ?? 0
  }

  /** Nothing more is kept for a reader that does not read: its connection ends with what waits for it. */
  giveUp(): void {
    this.handle?.stop()
    this.#sink?.abort?.()
  }

  #write(frame: Uint8Array): void {
    if (!this.#ended) this.#batch.add(frame)
  }

  #send(piece: Uint8Array): void {
    if (this.#ended) return
    if (this.#isInitial) this.#initialBytes += piece.length
    if (this.#sink === undefined) return void this.#early.push(piece)
    const waiting = this.#sink.write(piece)
    if (waiting > WATCH_BACKLOG_BYTES_MAX + this.#initialBytes) this.giveUp()
    else this.#backlogs.note(this, waiting)
  }
}
