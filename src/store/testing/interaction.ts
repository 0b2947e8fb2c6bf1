import assert from 'node:assert/strict'
import { silentLog } from '../../base/log.ts'
import { settleMicrotasks, VirtualClock } from '../../base/virtual_clock.ts'
import { createStore } from '../mvcc.ts'
import type { Store, StoreKey, StoreRange } from '../store.ts'
import { describeList, describeState, keyOf, pod, put, Recorder, remove } from '../suite_support.ts'
import { GatedJournal } from './gated_journal.ts'

type Words = readonly string[]

/**
 * Plays the commands of an interaction file on a store of pods:
 *
 * | command | does |
 * |---|---|
 * | `put PLACE VALUE [expect=N]`, `delete PLACE [expect=N]` | commits; the outcome is told when it is known |
 * | `get PLACE`, `head PLACE`, `state` | show what is durable, what is newest, the revisions |
 * | `list [namespace=N] [at=N] [after=PLACE] [limit=N]` | lists |
 * | `watch NAME [namespace=N] after=N`, `stop NAME` | watch; what is told is told behind the command that caused it |
 * | `hold`, `pass`, `fail`, `release` | make batches wait; end the waiting one well or badly; wait no more |
 * | `compact N`, `restart [ring=N]` | |
 */
export class StoreInteraction {
  readonly #journal: GatedJournal
  readonly #recorders = new Map<string, { recorder: Recorder; stop: () => void }>()
  #store: Store
  #told: string[] = []

  private constructor(journal: GatedJournal, store: Store) {
    this.#journal = journal
    this.#store = store
  }

  static async open(): Promise<StoreInteraction> {
    const journal = new GatedJournal()
    return new StoreInteraction(journal, await openOver(journal))
  }

  /** Runs one line and gives all that was told by it. */
  async run(line: string): Promise<string[]> {
    const [command = '', ...words] = line.split(' ')
    const act = this.#commands[command]
    assert(act !== undefined, `no such command: ${line}`)
    try {
      await act(words)
    } catch (error) {
      this.#told.push(String(error))
    }
    await settleMicrotasks()
    this.#takeWatched()
    return this.#told.splice(0)
  }

  async close(): Promise<void> {
    this.#journal.isHeld = false
    this.#journal.pass()
    await this.#store.close()
  }

  #takeWatched(): void {
    for (const [name, { recorder }] of this.#recorders) {
      this.#told.push(...recorder.lines.splice(0).map((told) => `${name}: ${told}`))
    }
  }

  readonly #commands: Readonly<Record<string, (words: Words) => unknown>> = {
    put: (words) => this.#commit('put', words),
    delete: (words) => this.#commit('delete', words),
    get: ([place = '']) => this.#told.push(describeState(this.#store.get(pod(place)))),
    head: ([place = '']) => this.#told.push(describeState(this.#store.head(pod(place)))),
    state: () => {
      const { headRevision, revision, compacted } = this.#store
      const waiting = this.#journal.waiting.length === 0 ? '' : `, in flight ${this.#journal.waiting.join(' ')}`
      this.#told.push(`head ${headRevision}, durable ${revision}, compacted ${compacted}${waiting}`)
    },
    list: (words) => this.#list(words),
    watch: ([name = '', ...words]) => this.#watch(name, words),
    stop: ([name = '']) => this.#recorders.get(name)?.stop(),
    hold: () => this.#hold(true),
    release: () => this.#hold(false),
    pass: () => this.#journal.pass(),
    fail: () => this.#journal.fail(),
    compact: ([revision]) => this.#store.compact(Number(revision)),
    restart: (words) => this.#restart(words),
  }

  #commit(type: 'put' | 'delete', [place = '', ...words]: Words): void {
    const key: StoreKey = pod(place)
    const expect = numberOf(words, 'expect')
    const outcome = type === 'put' ? put(this.#store, key, words[0], expect) : remove(this.#store, key, expect)
    const name = `${type} ${place}`
    outcome.then(
      (settled) => {
        // What watchers have been told by now, they were told before the writer.
        this.#takeWatched()
        const state = settled.outcome === 'committed' ? settled.stored : settled.current
        this.#told.push(`${name}: ${settled.outcome} ${describeState(state)}`)
      },
      (error) => this.#told.push(`${name}: ${error}`),
    )
  }

  async #list(words: Words): Promise<void> {
    const after = textOf(words, 'after')
    const [at, limit] = [numberOf(words, 'at'), numberOf(words, 'limit')]
    const result = await this.#store.list(rangeOf(words), {
      ...(at !== undefined && { at }),
      ...(limit !== undefined && { limit }),
      ...(after !== undefined && { after: keyOf('pods', after) }),
    })
    this.#told.push(`at ${result.revision}:`, ...describeList(result))
  }

  #watch(name: string, words: Words): void {
    const recorder = new Recorder()
    const watch = this.#store.watch(rangeOf(words), numberOf(words, 'after') ?? this.#store.revision, recorder)
    this.#recorders.set(name, { recorder, stop: () => watch.stop() })
  }

  #hold(isHeld: boolean): void {
    this.#journal.isHeld = isHeld
    if (!isHeld) this.#journal.pass()
  }

  async #restart(words: Words): Promise<void> {
    await this.#store.close()
    this.#recorders.clear()
    this.#store = await openOver(this.#journal, numberOf(words, 'ring'))
  }
}

function openOver(journal: GatedJournal, ringEventsMax = 100): Promise<Store> {
  return createStore({ journal, clock: new VirtualClock(), log: silentLog, freeze: true, limits: { ringEventsMax } })
}

function rangeOf(words: Words): StoreRange {
  const namespace = textOf(words, 'namespace')
  return namespace === undefined ? { resource: 'pods' } : { resource: 'pods', namespace }
}

function textOf(words: Words, name: string): string | undefined {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
}

function numberOf(words: Words, name: string): number | undefined {
  const text = textOf(words, name)
  return text === undefined ? undefined : Number(text)
}
