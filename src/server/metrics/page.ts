import { allResources } from '../../api/schema/table.ts'
import type { Core } from '../core.ts'
import { storageResource } from '../storage.ts'
import { DURATION_BOUNDS, type Durations } from './traffic.ts'

/** One number of the process that the server does not know itself. */
export interface Gauge {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** `/metrics` in Prometheus' text form. Names are upstream's where the meaning is the same. */
export function metricsPage(core: Core): string {
  const { deps, store, traffic } = core
  const numbers: Gauge[] = [
    ...traffic.requests().map(
      ({ labels, count }): Gauge => ({
        name: 'apiserver_request_total',
        type: 'counter',
        help: 'Requests over HTTP that were answered',
        labels: { ...labels, code: String(labels.code) },
        value: count,
      }),
    ),
    ...Object.entries(traffic.inFlight()).map(([kind, value]) =>
      gauge(
        'apiserver_current_inflight_requests',
        'Requests over HTTP that are being worked on',
        { request_kind: kind },
        value,
      ),
    ),
    ...[...traffic.watches()].map(([resource, value]) =>
      gauge('berth_watches', 'Open watches, those of the cluster itself among them', { resource }, value),
    ),
    ...objectCounts(core),
    gauge('berth_store_revision', 'The newest durable revision', {}, store.revision),
    gauge('berth_store_pending_revisions', 'Writes that wait for the disk', {}, store.headRevision - store.revision),
    gauge('berth_store_compacted_revision', 'History begins behind this revision', {}, store.compacted),
    ...(deps.gauges?.() ?? []),
  ]
  return `${familiesText(numbers)}${durationsText(traffic.durations())}`
}

const gauge = (name: string, help: string, labels: Gauge['labels'], value: number): Gauge => ({
  name,
  type: 'gauge',
  help,
  labels,
  value,
})

/** Kinds of which there are objects; versions of one kind share theirs. */
function objectCounts({ store }: Core): readonly Gauge[] {
  const stored = new Set(allResources().map((facts) => storageResource(facts)))
  return [...stored].flatMap((resource) => {
    const count = store.count({ resource })
    return count === 0 ? [] : [gauge('apiserver_resource_objects', 'Objects that are stored', { resource }, count)]
  })
}

function familiesText(numbers: readonly Gauge[]): string {
  const families = new Map<string, Gauge[]>()
  for (const one of numbers) families.set(one.name, [...(families.get(one.name) ?? []), one])
  return [...families]
    .map(([name, all]) => {
      const lines = all.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}\n`)
      return `${headText(name, all[0]?.help ?? '', all[0]?.type ?? 'gauge')}${lines.join('')}`
    })
    .join('')
}

function durationsText(all: readonly Durations[]): string {
  const name = 'apiserver_request_duration_seconds'
  const bounds = [...DURATION_BOUNDS.map(String), '+Inf']
  const lines = all.flatMap(({ verb, within, seconds }) => [
    ...bounds.map((le, at) => `${name}_bucket${labelsText({ verb, le })} ${within[at] ?? 0}\n`),
    `${name}_sum${labelsText({ verb })} ${seconds}\n`,
    `${name}_count${labelsText({ verb })} ${within.at(-1) ?? 0}\n`,
  ])
  return `${headText(name, 'How long answers over HTTP took, without watches and streams', 'histogram')}${lines.join('')}`
}

const headText = (name: string, help: string, type: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
