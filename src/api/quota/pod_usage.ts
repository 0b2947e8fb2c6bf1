import { fromRfc3339 } from '../../base/time.ts'
import { addQuantities, compareQuantities } from '../quantity.ts'
import type { Container, Pod, PodSpec } from '../types.ts'
import { type Amounts, addAmounts } from './amounts.ts'

const NATIVE = new Set(['cpu', 'memory', 'ephemeral-storage'])

/** What a quota calls the requests and limits of one container, or of a whole pod. */
export function computeUsage(requests: Amounts = {}, limits: Amounts = {}): Amounts {
  const usage = new Map<string, string>()
  for (const [name, amount] of Object.entries(requests)) {
    if (NATIVE.has(name) || name.startsWith('hugepages-')) usage.set(name, amount)
    usage.set(`requests.${name}`, amount)
  }
  for (const [name, amount] of Object.entries(limits)) if (NATIVE.has(name)) usage.set(`limits.${name}`, amount)
  return Object.fromEntries(usage)
}

/** What a pod counts with: as an object always, with all that it asks for until it has ended. */
export function podUsage(pod: Pod, nowMs: number): Amounts {
  if (hasEnded(pod, nowMs)) return { 'count/pods': '1' }
  const requests = wholeOf(pod, 'requests')
  return { 'count/pods': '1', pods: '1', ...computeUsage(requests, wholeOf(pod, 'limits')) }
}

/** A pod that should be gone by now holds up nobody: its node may never answer again. */
function hasEnded({ status, metadata }: Pod, nowMs: number): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false
  return nowMs > (fromRfc3339(deletionTimestamp) ?? nowMs) + deletionGracePeriodSeconds * 1000
}

/** What a pod asks of its node. */
export const podRequests = (pod: Pod): Amounts => wholeOf(pod, 'requests')

/**
 * Containers and sidecars run together; the other init containers run one after another beside the
 * sidecars started before them. The greater of the two counts, and the pod's overhead with it.
 */
function wholeOf({ spec }: Pod, half: 'requests' | 'limits'): Amounts {
  const whole = { ...sumOfContainers(spec, half), ...spec.resources?.[half] }
  return withOverhead(whole, spec.overhead ?? {}, half)
}

/** The same without what the pod says for itself as a whole. */
export function sumOfContainers(spec: PodSpec, half: 'requests' | 'limits'): Amounts {
  const amountsOf = (container: Container): Amounts => container.resources?.[half] ?? {}
  let together = (spec.containers ?? []).map(amountsOf).reduce(addAmounts, {})
  let sidecars: Amounts = {}
  let starting: Amounts = {}
  for (const container of spec.initContainers ?? []) {
    const amounts = amountsOf(container)
    starting = greater(starting, addAmounts(sidecars, amounts))
    if (container.restartPolicy !== 'Always') continue
    sidecars = addAmounts(sidecars, amounts)
    together = addAmounts(together, amounts)
  }
  return greater(together, starting)
}

/** Overhead counts with every request, but with limits only where there is one. */
function withOverhead(whole: Amounts, overhead: Amounts, half: 'requests' | 'limits'): Amounts {
  if (half === 'requests') return addAmounts(whole, overhead)
  const raised = Object.entries(whole).map(([name, amount]) => [name, addQuantities(amount, overhead[name] ?? '0')])
  return Object.fromEntries(raised)
}

function greater(one: Amounts, other: Amounts): Amounts {
  const result = new Map(Object.entries(one))
  for (const [name, amount] of Object.entries(other)) {
    if (compareQuantities(result.get(name), amount) < 0) result.set(name, amount)
  }
  return Object.fromEntries(result)
}

/** A quota over one of these refuses pods whose containers leave it open. */
const MUST_BE_SAID = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'])

/** Which containers leave open what the quota limits: `requests.memory for: app,log`; '' if none does. */
export function unspecified(pod: Pod, limited: readonly string[]): string {
  if (saysForTheWhole(pod)) return ''
  const required = limited.filter((name) => MUST_BE_SAID.has(name)).sort()
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
  const faults = required.flatMap((name) => {
    const silent = containers.filter(({ resources }) => !(name in computeUsage(resources?.requests, resources?.limits)))
    const names = [...new Set(silent.map((one) => one.name))].sort()
    return names.length === 0 ? [] : [`${name} for: ${names.join(',')}`]
  })
  return faults.join('; ')
}

/** A pod that says for itself as a whole what it asks for needs not say it for each container. */
const saysForTheWhole = ({ spec: { resources } }: Pod): boolean =>
  Object.keys({ ...resources?.requests, ...resources?.limits }).some(
    (name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-'),
  )
