import { podCells, podStatusWord } from '../../../api/kinds/pod/pod_rows.ts'
import { isPodEnding, isPodReady } from '../../../api/pod_state.ts'
import type { ContainerStatus, Pod, StatefulSet } from '../../../api/types.ts'
import type { Replication } from './replication.ts'

/** A member as the display shows it. */
export interface Member {
  readonly name: string
  /** `1/2`: containers that are ready. */
  readonly ready: string
  /** `primary`, `replica`, or empty while nobody can be asked. */
  readonly role: string
  readonly lagSeconds?: number
  readonly node: string
  /** kubectl's word for the pod's state. */
  readonly state: string
  /** What it waits for; empty when for nothing. */
  readonly waitsFor: string
}

/** The members that are there, and those that their set still wants, in the order of their numbers. */
export function membersOf(
  pods: readonly Pod[],
  sets: readonly StatefulSet[],
  said: ReadonlyMap<string, Replication>,
): Member[] {
  const there = pods
    .filter((pod) => sets.length === 0 || isOfSomeSet(pod))
    .map((pod) => memberOf(pod, said.get(pod.metadata.name)))
  return [...there, ...sets.flatMap((set) => missingOf(set, pods))].sort((one, other) =>
    one.name.localeCompare(other.name, 'en', { numeric: true }),
  )
}

const isOfSomeSet = (pod: Pod): boolean =>
  (pod.metadata.ownerReferences ?? []).some((owner) => owner.kind === 'StatefulSet')

function memberOf(pod: Pod, replication: Replication | undefined): Member {
  const { role = '', lagSeconds, problem } = replication ?? {}
  return {
    name: pod.metadata.name,
    // Of the row only the count is used, for which the time does not matter.
    ready: String(podCells(pod, 0)[1]),
    role,
    ...(lagSeconds !== undefined && { lagSeconds }),
    node: pod.spec.nodeName ?? '',
    state: podStatusWord(pod),
    waitsFor: waitOf(pod) ?? problem ?? '',
  }
}

/** Ordinals without a pod: the one before has to be ready first, unless the set does not care. */
function missingOf(set: StatefulSet, pods: readonly Pod[]): Member[] {
  const { replicas = 1, ordinals, podManagementPolicy } = set.spec
  const start = ordinals?.start ?? 0
  const names = Array.from({ length: replicas }, (_, index) => `${set.metadata.name}-${start + index}`)
  return names
    .filter((name) => !pods.some((pod) => pod.metadata.name === name))
    .map((name) => {
      const before = names[names.indexOf(name) - 1]
      const free = before === undefined || podManagementPolicy === 'Parallel' || isReadyPod(pods, before)
      return { name, ready: '', role: '', node: '', state: '', waitsFor: free ? 'its pod' : `${before} to be ready` }
    })
}

const isReadyPod = (pods: readonly Pod[], name: string): boolean =>
  pods.some((pod) => pod.metadata.name === name && isPodReady(pod))

/** What stands in the way of the pod, or undefined. */
function waitOf(pod: Pod): string | undefined {
  if (isPodEnding(pod)) return 'its containers to end'
  const scheduled = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
  if (scheduled?.status === 'False') return scheduled.message || scheduled.reason
  if (pod.spec.nodeName === undefined) return 'a node'
  const init = (pod.status?.initContainerStatuses ?? []).find((status) => status.state?.terminated?.exitCode !== 0)
  if (init !== undefined && !isPodReady(pod)) return containerWait(init, 'to end')
  const unready = (pod.status?.containerStatuses ?? []).filter((status) => !status.ready)
  return unready.length === 0 ? undefined : unready.map((status) => containerWait(status, 'to be ready')).join('; ')
}

function containerWait({ name, state }: ContainerStatus, running: string): string {
  const { waiting, terminated } = state ?? {}
  if (terminated) return `${name}: ended with ${terminated.exitCode}`
  if (waiting?.reason) return `${name}: ${waiting.reason}${waiting.message ? ` (${waiting.message})` : ''}`
  return `${name} ${running}`
}
