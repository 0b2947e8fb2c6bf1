import type { Millis } from '../../base/clock.ts'

/** Upper bounds of the classes by duration, in seconds. */
export const DURATION_BOUNDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60] as const

/** What a request over HTTP was: only names that the server knows, so that nobody can make up new ones. */
export interface RequestLabels {
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
}

export interface RequestCount {
  readonly labels: RequestLabels & { readonly code: number }
  readonly count: number
}

/** How long requests with one verb took; watches and streams are not among them. */
export interface Durations {
  readonly verb: string
  /** By the bounds, each with all shorter ones; the last is all. */
  readonly within: readonly number[]
  readonly seconds: number
}

/** Counts what comes over HTTP, and the watches that are open. */
export class Traffic {
  readonly #requests = new Map<string, { readonly labels: RequestCount['labels']; count: number }>()
  readonly #durations = new Map<string, { within: number[]; seconds: number }>()
  readonly #watches = new Map<string, number>()
  readonly #inFlight = { readOnly: 0, mutating: 0 }

  /** A request has come; answers how to say that it was answered. */
  begin(isRead: boolean): () => void {
    const kind = isRead ? 'readOnly' : 'mutating'
    this.#inFlight[kind]++
    return () => {
      this.#inFlight[kind]--
    }
  }

  answered(labels: RequestCount['labels'], tookMs: Millis | undefined): void {
    const { verb, group, version, resource, subresource, code } = labels
    const key = `${verb} ${group} ${version} ${resource} ${subresource} ${code}`
    const known = this.#requests.get(key)
    if (known === undefined) this.#requests.set(key, { labels, count: 1 })
    else known.count++
    if (tookMs !== undefined) this.#took(verb, tookMs / 1000)
  }

  /** A watch was opened; answers how to say that it has ended, once or more often. */
  watching(resource: string): () => void {
    this.#watches.set(resource, (this.#watches.get(resource) ?? 0) + 1)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      const left = (this.#watches.get(resource) ?? 1) - 1
      if (left > 0) this.#watches.set(resource, left)
      else this.#watches.delete(resource)
    }
  }

  requests(): readonly RequestCount[] {
    return [...this.#requests.values()]
  }

  durations(): readonly Durations[] {
    return [...this.#durations].map(([verb, { within, seconds }]) => ({ verb, within, seconds }))
  }

  /** How many are open, by resource. */
  watches(): ReadonlyMap<string, number> {
    return this.#watches
  }

  inFlight(): Readonly<Record<'readOnly' | 'mutating', number>> {
    return this.#inFlight
  }

  #took(verb: string, seconds: number): void {
    const known = this.#durations.get(verb) ?? { within: [...DURATION_BOUNDS.map(() => 0), 0], seconds: 0 }
    this.#durations.set(verb, known)
    known.seconds += seconds
    const from = DURATION_BOUNDS.findIndex((bound) => seconds <= bound)
    for (let at = from < 0 ? DURATION_BOUNDS.length : from; at < known.within.length; at++) {
      known.within[at] = (known.within[at] ?? 0) + 1
    }
  }
}
