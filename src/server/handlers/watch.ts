import { ApiError } from '../../api/error.ts'
import type { RequestOptions, WatchHandle } from '../../api/request.ts'
import type { Timer } from '../../base/clock.ts'
import { CompactedError, type StoreEvent, type StoreWatch } from '../../store/store.ts'
import type { Call } from '../call.ts'
import type { Core } from '../core.ts'
import { withWatchDefaults } from '../http/list_options.ts'
import { BOOKMARK_INTERVAL_MS, LAST_BOOKMARK_MS, WATCH_TIMEOUT_MS } from '../limits.ts'
import { refuseWatch, tooOld, versionNumber, waitForVersion } from '../read_version.ts'
import { type Selection, selectionOf } from '../selection.ts'
import { storeRange, viewOf } from '../storage.ts'
import { bookmarkOf, changeFor, type WatchChange } from '../watch_events.ts'

/** Where a watch's changes go, in order. After `closed` nothing comes any more. */
export interface WatchOutput {
  change(change: WatchChange): void
  /** What existed when the watch was opened has been told; from here on changes come as they happen. */
  caughtUp?(): void
  /** `error` is what the client is to be told as the last event. */
  closed(error?: ApiError): void
}

/** Opens a watch. The output hears of the first changes only after the returned promise has resolved. @throws ApiError */
export async function openWatch(core: Core, asked: Call, output: WatchOutput): Promise<WatchHandle> {
  const options = withWatchDefaults(asked.request.options)
  const call: Call = { ...asked, request: { ...asked.request, options } }
  const { name } = call.request
  const { facts } = call.target
  const selection = named(selectionOf(facts, options, true), name)
  const version = versionNumber(options.resourceVersion ?? '', refuseWatch)
  const watch = new Watch(core, call, selection, output)
  queueMicrotask(() => void watch.run(version))
  return watch
}

/** A watch of one name in the path. */
function named(selection: Selection, name: string | undefined): Selection {
  if (name === undefined) return selection
  const matches: Selection['matches'] = (object) => object.metadata.name === name && selection.matches(object)
  return { all: false, name, matches }
}

const wantsInitialEvents = ({ sendInitialEvents }: RequestOptions, version: number): boolean =>
  sendInitialEvents ?? version === 0

class Watch implements WatchHandle {
  readonly #core: Core
  readonly #call: Call
  readonly #selection: Selection
  readonly #output: WatchOutput
  readonly #timers: Timer[] = []
  #storeWatch: StoreWatch | undefined
  #done = false

  constructor(core: Core, call: Call, selection: Selection, output: WatchOutput) {
    this.#core = core
    this.#call = call
    this.#selection = selection
    this.#output = output
  }

  /** Sends what exists, if that is asked for, then what happens. */
  async run(version: number): Promise<void> {
    try {
      const { options } = this.#call.request
      if (options.sendInitialEvents === true) await waitForVersion(this.#core, this.#call.target.facts, version)
      if (this.#done) return
      const from = wantsInitialEvents(options, version) ? await this.#sendInitial() : version
      if (this.#done) return
      this.#output.caughtUp?.()
      this.#follow(from === 0 ? this.#core.store.revision : from)
      this.#startTimers(options)
    } catch (thrown) {
      this.#close(thrown instanceof CompactedError ? tooOld(thrown.message) : ApiError.from(thrown))
    }
  }

  stop(): void {
    this.#close()
  }

  async #sendInitial(): Promise<number> {
    const { facts } = this.#call.target
    const { options, namespace } = this.#call.request
    const { revision, items } = await this.#core.store.list(storeRange(facts, namespace))
    for (const item of items) {
      if (this.#done) return revision
      const view = viewOf(facts, item)
      if (this.#selection.matches(view.object)) this.#output.change({ type: 'ADDED', view })
    }
    if (options.sendInitialEvents === true && options.allowWatchBookmarks === true && !this.#done) {
      this.#output.change(bookmarkOf(facts, revision, true))
    }
    return revision
  }

  #follow(after: number): void {
    const { facts } = this.#call.target
    this.#storeWatch = this.#core.store.watch(storeRange(facts, this.#call.request.namespace), after, {
      events: (events) => this.#tell(events),
      progress: (revision) => {
        if (!this.#done) this.#output.change(bookmarkOf(facts, revision, false))
      },
      ended: (error) => this.#close(error instanceof CompactedError ? tooOld(error.message) : ApiError.from(error)),
    })
  }

  #tell(events: readonly StoreEvent[]): void {
    for (const event of events) {
      if (this.#done) return
      const change = changeFor(this.#call.target.facts, this.#selection, event)
      if (change !== undefined) this.#output.change(change)
    }
  }

  #startTimers({ timeoutSeconds, allowWatchBookmarks }: RequestOptions): void {
    const { clock, random } = this.#core.deps
    const timeoutMs = timeoutSeconds ? timeoutSeconds * 1000 : WATCH_TIMEOUT_MS + random.integer(WATCH_TIMEOUT_MS)
    this.#timers.push(clock.after(timeoutMs, () => this.#close()))
    if (!allowWatchBookmarks) return
    this.#bookmarkRegularly()
    const last = timeoutMs - LAST_BOOKMARK_MS
    if (last > 0) this.#timers.push(clock.after(last, () => this.#storeWatch?.progress()))
  }

  #bookmarkRegularly(): void {
    const timer = this.#core.deps.clock.after(BOOKMARK_INTERVAL_MS, () => {
      this.#timers.splice(this.#timers.indexOf(timer), 1)
      this.#storeWatch?.progress()
      this.#bookmarkRegularly()
    })
    this.#timers.push(timer)
  }

  #close(error?: ApiError): void {
    if (this.#done) return
    this.#done = true
    this.#storeWatch?.stop()
    for (const timer of this.#timers) timer.cancel()
    this.#output.closed(error)
  }
}
