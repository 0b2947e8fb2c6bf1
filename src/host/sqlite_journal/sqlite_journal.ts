import { Worker } from 'node:worker_threads'
import type {
  EventsQuery,
  Journal,
  JournalEvent,
  JournalPosition,
  JournalRecord,
  SnapshotQuery,
  SnapshotResult,
} from '../../store/journal.ts'
import type { Revision, StoreKey } from '../../store/store.ts'
import {
  type JournalCall,
  type JournalCalls,
  type JournalRequest,
  type JournalResponse,
  packRecords,
} from './messages.ts'

/** Keys that one message brings while the current state is loaded. */
const LOAD_PAGE = 1_000

/** Where the journal lies and where its worker's code does. */
export interface SqliteJournalOptions {
  /** The database file; its folder must exist. */
  readonly file: string
  /** The worker's module: the source beside this file, unless a bundle has put it elsewhere. */
  readonly worker?: URL
}

/**
 * Opens the journal in a SQLite file, in a thread of its own.
 * @throws Error if another process has the file, if its format is newer, or if it is no store.
 */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const url = options.worker ?? new URL('./sqlite_journal_worker.ts', import.meta.url)
  const thread = new JournalThread(new Worker(url))
  try {
    await thread.call('open', { file: options.file })
  } catch (error) {
    await thread.terminate()
    throw error
  }
  return new SqliteJournal(thread)
}

class SqliteJournal implements Journal {
  readonly #thread: JournalThread

  constructor(thread: JournalThread) {
    this.#thread = thread
  }

  async load(take: (record: JournalRecord) => void): Promise<JournalPosition> {
    let after: StoreKey | undefined = { resource: '', namespace: '', name: '' }
    while (after !== undefined) {
      const page: JournalCalls['load']['answers'] = await this.#thread.call('load', { after, limit: LOAD_PAGE })
      for (const record of page.records) take(record)
      after = page.last
    }
    return this.position()
  }

  async append(records: readonly JournalRecord[]): Promise<void> {
    const batch = packRecords(records)
    await this.#thread.call('append', batch, [batch.buffer.buffer])
  }

  position(): Promise<JournalPosition> {
    return this.#thread.call('position', undefined)
  }

  async compact(revision: Revision): Promise<void> {
    await this.#thread.call('compact', { revision })
  }

  events(query: EventsQuery): Promise<readonly JournalEvent[]> {
    return this.#thread.call('events', query)
  }

  snapshot(query: SnapshotQuery): Promise<SnapshotResult> {
    return this.#thread.call('snapshot', query)
  }

  async close(): Promise<void> {
    await this.#thread.call('close', undefined)
    await this.#thread.terminate()
  }
}

interface WaitingCall {
  readonly resolve: (answer: never) => void
  readonly reject: (error: Error) => void
}

/** The calls on their way to the worker; if it dies, all of them fail, and so does every later one. */
class JournalThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, WaitingCall>()
  #serial = 0
  #dead: Error | undefined

  constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (response: JournalResponse) => this.#settle(response))
    worker.on('error', (error) => this.#die(new Error(`the journal's thread failed: ${error}`, { cause: error })))
    worker.on('exit', () => this.#die(new Error('the journal is closed')))
  }

  call<C extends JournalCall>(
    call: C,
    asks: JournalCalls[C]['asks'],
    transfer: ArrayBuffer[] = [],
  ): Promise<JournalCalls[C]['answers']> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead)
    return new Promise((resolve, reject) => {
      const request: JournalRequest<C> = { id: this.#serial++, call, asks }
      this.#waiting.set(request.id, { resolve, reject })
      this.#worker.postMessage(request, transfer)
    })
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }

  #settle(response: JournalResponse): void {
    const waiting = this.#waiting.get(response.id)
    this.#waiting.delete(response.id)
    if ('error' in response) waiting?.reject(new Error(response.error))
    else waiting?.resolve(response.answer as never)
  }

  #die(error: Error): void {
    this.#dead ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#dead)
    this.#waiting.clear()
  }
}
