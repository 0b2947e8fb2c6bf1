import type { Gauge } from '../server/metrics/page.ts'
import type { ControllerManager } from './controller_manager.ts'

const MICRO = 1e-6

/** What the process itself can be asked: its use of the machine, and what its controllers have before them. */
export function processGauges(manager: ControllerManager | undefined): readonly Gauge[] {
  const { user, system } = process.cpuUsage()
  const seconds = (user + system) * MICRO
  const queues = (manager?.depths() ?? []).reduce(
    (sums, { component, depth }) => sums.set(component, (sums.get(component) ?? 0) + depth),
    new Map<string, number>(),
  )
  return [
    number('process_cpu_seconds_total', 'counter', 'Time that the process has spent on processors', seconds),
    number('process_resident_memory_bytes', 'gauge', 'Memory of the process', process.memoryUsage.rss()),
    number('process_uptime_seconds', 'gauge', 'How long the process has run', process.uptime()),
    ...[...queues].map(
      ([name, value]): Gauge => ({
        name: 'workqueue_depth',
        type: 'gauge',
        help: 'Keys that wait for a controller or are worked on',
        labels: { name },
        value,
      }),
    ),
  ]
}

const number = (name: string, type: Gauge['type'], help: string, value: number): Gauge => ({
  name,
  type,
  help,
  labels: {},
  value,
})
