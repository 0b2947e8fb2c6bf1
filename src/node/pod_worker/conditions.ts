import type { ContainerStatus, Pod, PodStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { PodPhase } from './phase.ts'

export type PodCondition = NonNullable<PodStatus['conditions']>[number]

interface Verdict {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason?: string
  readonly message?: string
}

export interface ConditionInput {
  readonly pod: Pod
  readonly phase: PodPhase
  readonly init: readonly ContainerStatus[]
  readonly main: readonly ContainerStatus[]
  readonly hasSandbox: boolean
  readonly now: Millis
}

/** The node's conditions; a transition time changes only with the condition's status. */
export function conditionsOf(input: ConditionInput): readonly PodCondition[] {
  const containers = containersReady(input)
  const verdicts: Verdict[] = [
    { type: 'PodReadyToStartContainers', status: input.hasSandbox ? 'True' : 'False' },
    initialized(input),
    podReady(input, containers),
    { ...containers, type: 'ContainersReady' },
    { type: 'PodScheduled', status: 'True' },
  ]
  return verdicts.map((verdict) => withTimes(input, verdict))
}

function withTimes(input: ConditionInput, verdict: Verdict): PodCondition {
  const old = input.pod.status?.conditions?.find((one) => one.type === verdict.type)
  const kept = old?.status === verdict.status ? old.lastTransitionTime : undefined
  return {
    type: verdict.type,
    ...(input.pod.metadata.generation === undefined ? {} : { observedGeneration: input.pod.metadata.generation }),
    status: verdict.status,
    lastProbeTime: null,
    lastTransitionTime: kept ?? toRfc3339(input.now),
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict.message === undefined ? {} : { message: verdict.message }),
  } as unknown as PodCondition
}

/** Every plain init container succeeded and every sidecar has started. */
function initialized(input: ConditionInput): Verdict {
  const type = 'Initialized'
  if (input.phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' }
  const sidecars = new Set(
    (input.pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map((one) => one.name),
  )
  const begun = input.main.some((one) => one.state?.running !== undefined || one.state?.terminated !== undefined)
  const incomplete = input.init
    .filter((one) => (sidecars.has(one.name) ? !begun && one.started !== true : !one.ready))
    .map((one) => one.name)
  if (incomplete.length === 0) return { type, status: 'True' }
  return {
    type,
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.join(' ')}]`,
  }
}

function containersReady(input: ConditionInput): Omit<Verdict, 'type'> {
  if (input.phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (input.phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const unready = [...sidecarsOf(input), ...input.main].filter((one) => !one.ready).map((one) => one.name)
  if (unready.length === 0) return { status: 'True' }
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.join(' ')}]`,
  }
}

function sidecarsOf(input: ConditionInput): readonly ContainerStatus[] {
  const names = new Set(
    (input.pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always').map((one) => one.name),
  )
  return input.init.filter((one) => names.has(one.name))
}

/** All containers ready, and every readiness gate that others answer for. */
function podReady(input: ConditionInput, containers: Omit<Verdict, 'type'>): Verdict {
  if (containers.status === 'False') return { ...containers, type: 'Ready' }
  const messages = (input.pod.spec.readinessGates ?? []).flatMap(({ conditionType }) =>
    gateMessage(input.pod, conditionType),
  )
  if (messages.length === 0) return { type: 'Ready', status: 'True' }
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') }
}

function gateMessage(pod: Pod, type: string): readonly string[] {
  const gate = pod.status?.conditions?.find((one) => one.type === type)
  if (gate === undefined) return [`corresponding condition of pod readiness gate "${type}" does not exist.`]
  if (gate.status === 'True') return []
  return [`the status of pod readiness gate "${type}" is not "True", but ${gate.status}`]
}
