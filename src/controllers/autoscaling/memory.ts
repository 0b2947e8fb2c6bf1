import type { Millis } from '../../base/clock.ts'

/** What the metrics asked for at some time, before anything held it back. */
export interface Recommendation {
  readonly replicas: number
  readonly at: Millis
}

/** By how much a target was scaled at some time. */
export interface ScaleEvent {
  readonly change: number
  readonly at: Millis
}

/** What is remembered of one autoscaler between two looks; it is gone with the process, as upstream's is. */
export interface Memory {
  readonly recommendations: readonly Recommendation[]
  readonly ups: readonly ScaleEvent[]
  readonly downs: readonly ScaleEvent[]
}

export const NOTHING_KNOWN: Memory = { recommendations: [], ups: [], downs: [] }

/** The memory after the target was scaled; what is older than any policy looks back is dropped. */
export function withScaled(memory: Memory, from: number, to: number, at: { now: Millis; longestMs: Millis }): Memory {
  const { now, longestMs } = at
  const recent = (events: readonly ScaleEvent[]) => events.filter((one) => one.at >= now - longestMs)
  return to > from
    ? { ...memory, ups: [...recent(memory.ups), { change: to - from, at: now }] }
    : { ...memory, downs: [...recent(memory.downs), { change: from - to, at: now }] }
}
