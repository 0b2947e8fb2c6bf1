import { ApiError, isNotFound } from '../../api/error.ts'
import type { ResourceRef } from '../../api/resource.ts'
import { METRICS_GROUP, POD_METRICS } from '../../api/usage_metrics.ts'
import type { Millis } from '../../base/clock.ts'
import { messageOf } from '../../base/log.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Client } from '../../client/client.ts'
import { refOf } from '../runtime/calls.ts'
import type { Autoscaler, AutoscalerStatus, Told } from './autoscaler.ts'
import { ableToScale, notAbleToScale, withCondition } from './conditions.ts'
import type { Rescale, ScaleDecision } from './decide.ts'
import { type Memory, withScaled } from './memory.ts'
import { longestPeriodMs } from './rate_limits.ts'
import type { UsageAnswer } from './samples.ts'
import type { Scalable } from './targets.ts'

/** What the pods use that a selector chooses. A group that is not there is told as client-go tells it. */
export async function readUsage(client: Client, namespace: string, labelSelector: string): Promise<UsageAnswer> {
  try {
    return { items: (await client.list(POD_METRICS, { namespace, labelSelector })).items }
  } catch (error) {
    const isMissing = isNotFound(error) || (error instanceof ApiError && error.code === 404)
    const missing = `the server could not find the requested resource (get pods.${METRICS_GROUP})`
    return { error: isMissing ? missing : messageOf(error) }
  }
}

/** What became of a decision. */
export interface Acted {
  readonly status: AutoscalerStatus
  readonly told: readonly Told[]
  readonly memory: Memory
}

interface Scaling {
  readonly client: Client
  readonly resource: ResourceRef<Scalable>
  readonly object: Scalable
  readonly now: Millis
}

/** Scales the target through its scale, if it still has the size that the decision saw. */
export async function rescale(
  autoscaler: Autoscaler,
  decision: ScaleDecision,
  { from, to, reason }: Rescale,
  { client, resource, object, now }: Scaling,
): Promise<Acted> {
  const { status, memory, told } = decision
  const size = `New size: ${to}; reason: ${reason}`
  try {
    await client.patch(resource, refOf(object), {
      type: 'json',
      body: sizePatch(object, from, to),
      subresource: 'scale',
    })
  } catch (error) {
    const failure = notAbleToScale(
      'FailedUpdateScale',
      `the HPA controller was unable to update the target scale: ${messageOf(error)}`,
    )
    return {
      memory,
      told: [...told, { type: 'Warning', reason: 'FailedRescale', message: `${size}; error: ${messageOf(error)}` }],
      status: {
        ...status,
        desiredReplicas: autoscaler.status?.desiredReplicas ?? 0,
        conditions: [...withCondition(status.conditions ?? [], failure, now)],
      },
    }
  }
  const scaled = ableToScale('SucceededRescale', `the HPA controller was able to update the target scale to ${to}`)
  const { behavior } = autoscaler.spec
  return {
    memory: withScaled(memory, from, to, { now, longestMs: longestPeriodMs(behavior?.scaleUp, behavior?.scaleDown) }),
    told: [...told, { type: 'Normal', reason: 'SuccessfulRescale', message: size }],
    status: {
      ...status,
      lastScaleTime: toRfc3339(now),
      conditions: [...withCondition(status.conditions ?? [], scaled, now)],
    },
  }
}

/** A Scale leaves a size of zero out. */
function sizePatch({ metadata }: Scalable, from: number, to: number): object[] {
  const size = from === 0 ? [] : [{ op: 'test', path: '/spec/replicas', value: from }]
  return [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    ...size,
    { op: 'add', path: '/spec/replicas', value: to },
  ]
}
