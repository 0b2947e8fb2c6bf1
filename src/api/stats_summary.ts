/** What a node's agent says about use, in the form of the kubelet's `/stats/summary`. Times are RFC 3339 with milliseconds. */
export interface StatsSummary {
  readonly node: NodeStats
  readonly pods: readonly PodStats[]
}

export interface NodeStats extends UsageStats {
  readonly nodeName: string
}

export interface PodStats extends UsageStats {
  readonly podRef: { readonly namespace: string; readonly name: string; readonly uid: string }
  readonly containers: readonly ContainerUsage[]
}

export interface ContainerUsage extends UsageStats {
  readonly name: string
  readonly startTime: string
}

/** What could not be measured is absent. */
export interface UsageStats {
  readonly startTime?: string
  readonly cpu?: CpuStats
  readonly memory?: MemoryStats
}

export interface CpuStats {
  readonly time: string
  /** Billionths of a core, over the time since the page was last asked for; absent the first time. */
  readonly usageNanoCores?: number
  /** All the time on processors since the start. */
  readonly usageCoreNanoSeconds: number
}

export interface MemoryStats {
  readonly time: string
  readonly usageBytes: number
  /** Without what the kernel could give back at once: what limits and evictions go by. */
  readonly workingSetBytes: number
}
