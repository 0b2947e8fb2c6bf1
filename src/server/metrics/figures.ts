import type { StatsSummary, UsageStats } from '../../api/stats_summary.ts'
import type { Millis } from '../../base/clock.ts'

/** What a group of processes used over `windowMs` before `at`. */
export interface Figures {
  readonly at: Millis
  readonly windowMs: Millis
  /** Billionths of a core. */
  readonly cpuNanoCores: number
  readonly memoryBytes: number
}

export interface PodFigures {
  readonly uid: string
  readonly containers: readonly (Figures & { readonly name: string })[]
}

/** What two looks at a node say together: time on processors is a count, and only two counts make a rate. */
export interface NodeFigures {
  readonly node: Figures | undefined
  readonly pods: readonly PodFigures[]
}

/** A pod is left out as a whole when one of its containers was not seen running both times. */
export function figuresOf(before: StatsSummary, now: StatsSummary): NodeFigures {
  const known = new Map(before.pods.map((pod) => [pod.podRef.uid, pod]))
  const pods = now.pods.map(({ podRef, containers }) => {
    const earlier = new Map(known.get(podRef.uid)?.containers.map((one) => [`${one.name} ${one.startTime}`, one]))
    const found = containers.flatMap((one) => {
      const figures = between(earlier.get(`${one.name} ${one.startTime}`), one)
      return figures === undefined ? [] : [{ name: one.name, ...figures }]
    })
    return { uid: podRef.uid, containers: found.length === containers.length ? found : [] }
  })
  return { node: between(before.node, now.node), pods: pods.filter(({ containers }) => containers.length > 0) }
}

const NANOS_PER_MILLI = 1e6

function between(before: UsageStats | undefined, now: UsageStats): Figures | undefined {
  if (before?.cpu === undefined || now.cpu === undefined || now.memory === undefined) return undefined
  const at = Date.parse(now.cpu.time)
  const windowMs = at - Date.parse(before.cpu.time)
  const spent = now.cpu.usageCoreNanoSeconds - before.cpu.usageCoreNanoSeconds
  if (windowMs <= 0 || spent < 0) return undefined
  const cpuNanoCores = Math.round((spent / (windowMs * NANOS_PER_MILLI)) * 1e9)
  return { at, windowMs, cpuNanoCores, memoryBytes: now.memory.workingSetBytes }
}
