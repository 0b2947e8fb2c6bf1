import type { Millis } from '../../../base/clock.ts'
import { fromRfc3339 } from '../../../base/time.ts'
import type { Cell } from '../../kind_rules.ts'
import { isPodFinished } from '../../pod_state.ts'
import type { Container, ContainerStatus, Pod } from '../../types.ts'
import { ageOf, humanDuration } from '../durations.ts'

const NONE = '<none>'
/** The reason that a pod's status has when its node is gone. */
const NODE_LOST = 'NodeLost'

/** The row of a pod: name, ready, status, restarts, age, IP, node, nominated node, readiness gates. */
export function podCells(pod: Pod, now: Millis): Cell[] {
  const status = pod.status ?? {}
  const { ready, total } = readyContainers(pod)
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    podStatusWord(pod),
    restartsCell(pod, now),
    ageOf(pod.metadata.creationTimestamp, now),
    status.podIPs?.[0]?.ip || NONE,
    pod.spec.nodeName || NONE,
    status.nominatedNodeName || NONE,
    gatesCell(pod),
  ]
}

const FINISHED: Readonly<Record<string, readonly object[]>> = {
  Succeeded: [finished('Succeeded', 'The pod has completed successfully.')],
  Failed: [finished('Failed', 'The pod failed.')],
}

function finished(reason: string, message: string): object {
  return { type: 'Completed', status: 'True', reason, message }
}

/** What the row of a pod that has finished says besides its cells. */
export const podRowConditions = ({ status }: Pod): readonly object[] | undefined => FINISHED[status?.phase ?? '']

const isSidecar = (container: Container | undefined): boolean => container?.restartPolicy === 'Always'

function sidecarStatuses(pod: Pod): ContainerStatus[] {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name))
  return (pod.status?.initContainerStatuses ?? []).filter((status) => sidecars.has(status.name))
}

function readyContainers(pod: Pod): { readonly ready: number; readonly total: number } {
  const sidecars = sidecarStatuses(pod).filter((status) => status.started === true && status.ready)
  const running = (pod.status?.containerStatuses ?? []).filter((status) => status.ready && status.state?.running)
  const total = (pod.spec.containers ?? []).length + (pod.spec.initContainers ?? []).filter(isSidecar).length
  return { ready: sidecars.length + running.length, total }
}

/** The word in the column STATUS: the most telling of phase, reasons, init progress and deletion. */
export function podStatusWord(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (pod.status?.reason === NODE_LOST) return 'Unknown'
    if (!isPodFinished(pod)) return 'Terminating'
  }
  return initWord(pod) ?? containersWord(pod)
}

function baseWord(pod: Pod): string {
  const gated = pod.status?.conditions?.some(
    (condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated',
  )
  if (gated) return 'SchedulingGated'
  return pod.status?.reason || pod.status?.phase || ''
}

/** `Init:…` while init containers are at work, else undefined. */
function initWord(pod: Pod): string | undefined {
  if (isInitialized(pod)) return undefined
  const containers = new Map((pod.spec.initContainers ?? []).map((container) => [container.name, container]))
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = status.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (isSidecar(containers.get(status.name)) && status.started === true) continue
    if (terminated) return `Init:${terminated.reason || signalOrExit(terminated)}`
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
    return `Init:${index}/${containers.size}`
  }
  return undefined
}

const isInitialized = (pod: Pod): boolean =>
  (pod.status?.conditions ?? []).some((condition) => condition.type === 'Initialized' && condition.status === 'True')

const signalOrExit = (ended: { readonly signal?: number; readonly exitCode: number }): string =>
  ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode}`

/** The last container's reason in order decides; one that runs beside completed ones makes the pod run. */
function containersWord(pod: Pod): string {
  let word = baseWord(pod)
  let running = false
  for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    const { waiting, terminated } = status.state ?? {}
    if (waiting?.reason) word = waiting.reason
    else if (terminated) word = terminated.reason || signalOrExit(terminated)
    else if (status.ready && status.state?.running) running = true
  }
  if (word !== 'Completed' || !running) return word
  const ready = pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  return ready ? 'Running' : 'NotReady'
}

/** The number of restarts, and when the last one was. Init containers count until they are done. */
function restartsCell(pod: Pod, now: Millis): string {
  const initializing = initWord(pod) !== undefined
  const init = pod.status?.initContainerStatuses ?? []
  const counted = initializing ? init : [...sidecarStatuses(pod), ...(pod.status?.containerStatuses ?? [])]
  const restarts = counted.reduce((sum, status) => sum + status.restartCount, 0)
  const ends = counted.flatMap((status) => fromRfc3339(status.lastState?.terminated?.finishedAt ?? undefined) ?? [])
  if (restarts === 0 || ends.length === 0) return String(restarts)
  return `${restarts} (${humanDuration(now - Math.max(...ends))} ago)`
}

function gatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return NONE
  const isTrue = (type: string) =>
    pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True')
  return `${gates.filter((gate) => isTrue(gate.conditionType)).length}/${gates.length}`
}
