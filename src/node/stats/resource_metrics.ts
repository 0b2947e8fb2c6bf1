import type { StatsSummary, UsageStats } from '../../api/stats_summary.ts'

/** A family of the text form: its name, what it says, and where its samples come from. */
interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly value: (stats: UsageStats) => { readonly value: number; readonly time: string } | undefined
}

const NANOS = 1e9

const cpu = ({ cpu: stats }: UsageStats) => stats && { value: stats.usageCoreNanoSeconds / NANOS, time: stats.time }
const memory = ({ memory: stats }: UsageStats) => stats && { value: stats.workingSetBytes, time: stats.time }
const startTime = ({ startTime: at }: UsageStats) =>
  at === undefined ? undefined : { value: Date.parse(at) / 1000, time: '' }

const FAMILIES = {
  container: [
    family('container_cpu_usage_seconds_total', 'counter', 'Time that the container has spent on processors', cpu),
    family('container_memory_working_set_bytes', 'gauge', 'Memory that the container works with', memory),
    family('container_start_time_seconds', 'gauge', 'When the container was started', startTime),
  ],
  pod: [
    family('pod_cpu_usage_seconds_total', 'counter', 'Time that the pod has spent on processors', cpu),
    family('pod_memory_working_set_bytes', 'gauge', 'Memory that the pod works with', memory),
  ],
  node: [
    family('node_cpu_usage_seconds_total', 'counter', 'Time that the pods of the node have spent on processors', cpu),
    family('node_memory_working_set_bytes', 'gauge', 'Memory that the pods of the node work with', memory),
  ],
} as const

function family(name: string, type: Family['type'], help: string, value: Family['value']): Family {
  return { name, type, help, value }
}

/** The same figures as the summary in Prometheus' text form: the kubelet's `/metrics/resource`. */
export function resourceMetricsText({ node, pods }: StatsSummary): string {
  const ofContainers = pods.flatMap(({ podRef, containers }) =>
    containers.map((stats) => ({ stats, labels: labels({ container: stats.name, ...where(podRef) }) })),
  )
  const ofPods = pods.map((stats) => ({ stats, labels: labels(where(stats.podRef)) }))
  return [
    ...FAMILIES.container.map((one) => familyText(one, ofContainers)),
    ...FAMILIES.node.map((one) => familyText(one, [{ stats: node, labels: '' }])),
    ...FAMILIES.pod.map((one) => familyText(one, ofPods)),
    '# HELP resource_scrape_error 1 if something could not be measured, 0 otherwise\n# TYPE resource_scrape_error gauge\n',
    `resource_scrape_error ${[node, ...ofContainers.map(({ stats }) => stats)].every(isWhole) ? 0 : 1}\n`,
  ].join('')
}

const isWhole = (stats: UsageStats): boolean => stats.cpu !== undefined && stats.memory !== undefined

interface Measured {
  readonly stats: UsageStats
  readonly labels: string
}

function familyText({ name, type, help, value }: Family, all: readonly Measured[]): string {
  const lines = all.flatMap(({ stats, labels: text }) => {
    const found = value(stats)
    if (found === undefined) return []
    return [`${name}${text} ${found.value}${found.time === '' ? '' : ` ${Date.parse(found.time)}`}\n`]
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

const where = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({ namespace, pod: name })

/** Names of Kubernetes hold nothing that would have to be escaped. */
const labels = (pairs: Readonly<Record<string, string>>): string =>
  `{${Object.entries(pairs)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`
