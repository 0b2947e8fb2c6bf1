import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { CPU_INITIALIZATION_MS, INITIAL_READINESS_MS } from './limits.ts'

/** What one pod used of the resource in question, in thousandths. */
export interface PodSample {
  readonly value: number
  readonly at: Millis
  readonly windowMs: Millis
}

/** By the pod's name. */
export type Samples = ReadonlyMap<string, PodSample>

/** The pods of a target by what their figures are worth. */
export interface PodGroups {
  /** How many are ready and have figures. */
  readonly ready: number
  /** Running, but not seen by the metrics yet. */
  readonly missing: readonly string[]
  /** Not ready, so that their figures say nothing. */
  readonly unready: readonly string[]
  /** Failed or ending: they count for nothing. */
  readonly ignored: readonly string[]
}

type Worth = 'ready' | 'missing' | 'unready' | 'ignored'

export function groupPods(pods: readonly Pod[], samples: Samples, resource: string, now: Millis): PodGroups {
  const groups: Record<Worth, string[]> = { ready: [], missing: [], unready: [], ignored: [] }
  for (const pod of pods) groups[worthOf(pod, samples, { resource, now })].push(pod.metadata.name)
  return { ...groups, ready: groups.ready.length }
}

function worthOf(pod: Pod, samples: Samples, { resource, now }: { resource: string; now: Millis }): Worth {
  if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') return 'ignored'
  if (pod.status?.phase === 'Pending') return 'unready'
  const sample = samples.get(pod.metadata.name)
  if (sample === undefined) return 'missing'
  return resource === 'cpu' && isStarting(pod, sample, now) ? 'unready' : 'ready'
}

/** Whether what a pod spends on processors is still the cost of its start. */
function isStarting({ status }: Pod, sample: PodSample, now: Millis): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  const startedAt = fromRfc3339(status?.startTime)
  if (ready === undefined || startedAt === undefined) return true
  const changedAt = fromRfc3339(ready.lastTransitionTime) ?? 0
  const isUnready = ready.status === 'False'
  if (startedAt + CPU_INITIALIZATION_MS > now) return isUnready || sample.at < changedAt + sample.windowMs
  return isUnready && startedAt + INITIAL_READINESS_MS > changedAt
}
