import { milliUnits, wholeUnits } from './quantity.ts'
import type { Container, Pod } from './types.ts'

/** Amounts by resource name: thousandths of a CPU, else whole units. */
export type ResourceTotals = ReadonlyMap<string, number>

type Quantities = Readonly<Record<string, string>>

/** What a pod counts with when it asks for nothing, where nodes are compared: upstream's figures. */
const ASSUMED_MILLI_CPU = 100
const ASSUMED_MEMORY_BYTES = 200 * 1024 * 1024

const known = new WeakMap<Pod, ResourceTotals>()

/** What a pod asks its node for; worked out once for each version of the pod. */
export function requestsOf(pod: Pod): ResourceTotals {
  const found = known.get(pod) ?? computeRequests(pod)
  known.set(pod, found)
  return found
}

/** The same, but with a small amount of CPU and memory for a pod that names none. */
export const assumedRequest = (pod: Pod, resource: 'cpu' | 'memory'): number =>
  requestsOf(pod).get(resource) || (resource === 'cpu' ? ASSUMED_MILLI_CPU : ASSUMED_MEMORY_BYTES)

/**
 * Containers and sidecars run together; the other init containers run one after another beside the
 * sidecars started before them. The greater of the two counts, then the pod's overhead. What the
 * pod asks for as a whole replaces the sum.
 */
function computeRequests(pod: Pod): ResourceTotals {
  if (!asksForAnything(pod)) return NOTHING
  const together = new Map<string, number>()
  const sidecars = new Map<string, number>()
  const starting = new Map<string, number>()
  for (const container of pod.spec.containers) add(together, requestsOfContainer(container))
  for (const container of pod.spec.initContainers ?? []) {
    const amounts = requestsOfContainer(container)
    if (container.restartPolicy === 'Always') {
      add(together, amounts)
      add(sidecars, amounts)
      raise(starting, sidecars)
    } else {
      raise(starting, sum(sidecars, amounts))
    }
  }
  raise(together, starting)
  for (const [name, amount] of totalsOf(pod.spec.resources?.requests)) together.set(name, amount)
  add(together, totalsOf(pod.spec.overhead))
  return together
}

const asksForAnything = ({ spec }: Pod): boolean =>
  [...spec.containers, ...(spec.initContainers ?? []), spec].some((one) => one.resources?.requests !== undefined) ||
  spec.overhead !== undefined

const requestsOfContainer = (container: Container): ResourceTotals => totalsOf(container.resources?.requests)

const totalsKnown = new WeakMap<Quantities, ResourceTotals>()
const NOTHING: ResourceTotals = new Map()

/** Quantities as numbers; worked out once for each set of them, as those of a node are asked for with every pod. */
export function totalsOf(quantities: Quantities | undefined): ResourceTotals {
  if (quantities === undefined) return NOTHING
  const found = totalsKnown.get(quantities) ?? computeTotals(quantities)
  totalsKnown.set(quantities, found)
  return found
}

function computeTotals(quantities: Quantities): ResourceTotals {
  const amount = (name: string, value: string) => Number(name === 'cpu' ? milliUnits(value) : wholeUnits(value))
  return new Map(Object.entries(quantities).map(([name, value]) => [name, amount(name, value)]))
}

/** Adds in place. */
export function add(totals: Map<string, number>, more: ResourceTotals): void {
  for (const [name, amount] of more) totals.set(name, (totals.get(name) ?? 0) + amount)
}

function raise(totals: Map<string, number>, least: ResourceTotals): void {
  for (const [name, amount] of least) totals.set(name, Math.max(totals.get(name) ?? 0, amount))
}

function sum(a: ResourceTotals, b: ResourceTotals): ResourceTotals {
  const totals = new Map(a)
  add(totals, b)
  return totals
}
