import type { ContainerUsage, PodStats, StatsSummary, UsageStats } from '../../api/stats_summary.ts'
import type { MeasuredPod, UsagePort, UsageSample } from './usage_port.ts'

/** Says what the node's pods use, for whoever asks; it does nothing in between. */
export interface NodeStatsSource {
  summary(): Promise<StatsSummary>
}

export interface NodeStatsDeps {
  readonly nodeName: string
  readonly usage: UsagePort
  readonly pods: () => readonly MeasuredPod[]
}

/** Measures when it is asked; the last answer is remembered, so that the next can say how fast time on processors was spent. */
export function createNodeStats({ nodeName, usage, pods }: NodeStatsDeps): NodeStatsSource {
  let before = new Map<string, UsageSample>()
  return {
    async summary() {
      const seen = new Map<string, UsageSample>()
      const remember = (key: string, sample: UsageSample | undefined): UsageStats => {
        if (sample === undefined) return {}
        seen.set(key, sample)
        return statsOf(sample, before.get(key))
      }
      const node = { nodeName, ...remember('', await usage.ofNode()) }
      const measured = await Promise.all(pods().map((one) => podStats(one, usage, remember)))
      before = seen
      return { node, pods: measured.filter((one) => one !== undefined) }
    },
  }
}

type Remember = (key: string, sample: UsageSample | undefined) => UsageStats

/** Undefined for a pod of which nothing runs. */
async function podStats(measured: MeasuredPod, usage: UsagePort, remember: Remember) {
  const { containers, pod } = measured
  const { namespace = '', name, uid } = pod.metadata
  const running = containers.filter((one) => one.state === 'running')
  if (running.length === 0) return undefined
  const [whole, ...parts] = await Promise.all([
    usage.ofPod(measured),
    ...running.map((one) => usage.ofContainer(pod, one)),
  ])
  const stats: PodStats = {
    podRef: { namespace, name, uid },
    ...started(pod.status?.startTime),
    ...remember(uid, whole),
    containers: running.map(
      (one, index): ContainerUsage => ({
        name: one.name,
        startTime: new Date(one.startedAt ?? one.createdAt).toISOString(),
        ...remember(one.id, parts[index]),
      }),
    ),
  }
  return stats
}

const started = (startTime: string | undefined) => (startTime === undefined ? {} : { startTime })

function statsOf(sample: UsageSample, before: UsageSample | undefined): UsageStats {
  const time = new Date(sample.at).toISOString()
  const { cpuNanoseconds, memoryBytes, workingSetBytes } = sample
  return {
    cpu: { time, ...rateOf(sample, before), usageCoreNanoSeconds: cpuNanoseconds },
    memory: { time, usageBytes: memoryBytes, workingSetBytes },
  }
}

const NANOS_PER_MILLI = 1e6

function rateOf(sample: UsageSample, before: UsageSample | undefined): { readonly usageNanoCores?: number } {
  if (before === undefined || sample.at <= before.at || sample.cpuNanoseconds < before.cpuNanoseconds) return {}
  const cores = (sample.cpuNanoseconds - before.cpuNanoseconds) / ((sample.at - before.at) * NANOS_PER_MILLI)
  return { usageNanoCores: Math.round(cores * 1e9) }
}
