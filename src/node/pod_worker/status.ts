import type { Container, ContainerStatus, PodStatus } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { conditionsOf } from './conditions.ts'
import { containerStatusOf } from './container_status.ts'
import { ephemeralContainersOf, initContainersOf, isRunning, newestSandbox, readySandbox } from './containers.ts'
import type { Alarm } from './decide.ts'
import { isPastDeadline, isTerminalPhase, shouldTerminate } from './lifecycle.ts'
import { type PodPhase, phaseOf } from './phase.ts'
import type { PodView, Rejection } from './view.ts'

/** What the API should show of a pod: computed from what is seen, never counted along. */
export function statusOf(view: PodView, alarm: Alarm): PodStatus {
  if (view.rejection !== undefined) return rejectedStatus(view, view.rejection)
  const waitingReason = initContainersOf(view.pod.spec).length > 0 ? 'PodInitializing' : 'ContainerCreating'
  const init = initContainersOf(view.pod.spec).map((container) =>
    containerStatusOf(view, { container, isInit: true, waitingReason: 'PodInitializing' }, alarm),
  )
  const main = view.pod.spec.containers.map((container) =>
    containerStatusOf(view, { container, isInit: false, waitingReason }, alarm),
  )
  const { phase, reason, message } = verdictOf(view, init, main)
  return {
    phase,
    ...(view.pod.metadata.generation === undefined ? {} : { observedGeneration: view.pod.metadata.generation }),
    conditions: conditionsOf({ pod: view.pod, phase, init, main, hasSandbox: hasNetwork(view), now: view.now }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...addressesOf(view),
    startTime: view.pod.status?.startTime ?? toRfc3339(view.now),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
    ...ephemeralStatuses(view, alarm),
  } as PodStatus
}

/** Nothing of the pod has been begun, so there is nothing else to tell. */
function rejectedStatus({ pod, now }: PodView, { reason, message }: Rejection): PodStatus {
  return {
    phase: 'Failed',
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: pod.status?.startTime ?? toRfc3339(now),
  } as PodStatus
}

/** They are never ready: nobody's traffic goes to them. */
function ephemeralStatuses(view: PodView, alarm: Alarm): Partial<PodStatus> {
  const containers = ephemeralContainersOf(view.pod.spec) as readonly unknown[] as readonly Container[]
  if (containers.length === 0) return {}
  const ephemeralContainerStatuses = containers.map((container) => ({
    ...containerStatusOf(view, { container, isInit: false, waitingReason: 'ContainerCreating' }, alarm),
    ready: false,
  }))
  return { ephemeralContainerStatuses } as Partial<PodStatus>
}

/** True from the moment the pod can start containers at an address of its own until its sandbox ends. */
const hasNetwork = (view: PodView): boolean => view.volumesMounted && readySandbox(view) !== undefined

interface PhaseVerdict {
  readonly phase: PodPhase
  readonly reason?: string
  readonly message?: string
}

/** A pod becomes Failed or Succeeded only when nothing of it runs any more, sidecars included. */
function verdictOf(view: PodView, init: readonly ContainerStatus[], main: readonly ContainerStatus[]): PhaseVerdict {
  const before = view.pod.status
  if (isTerminalPhase(before?.phase)) return keptVerdict(view)
  const computed = isPastDeadline(view)
    ? DEADLINE_EXCEEDED
    : { phase: phaseOf({ pod: view.pod, init, main, isStopped: isStopped(view) }) }
  if (!isTerminalPhase(computed.phase) || isStopped(view)) return computed
  return {
    phase:
      before?.phase === 'Running' || main.some((one) => one.state?.terminated !== undefined) ? 'Running' : 'Pending',
  }
}

const DEADLINE_EXCEEDED: PhaseVerdict = {
  phase: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
}

/** Failed and Succeeded are final, with the reason that whoever ended the pod gave. */
function keptVerdict(view: PodView): PhaseVerdict {
  const { phase, reason, message } = view.pod.status ?? {}
  return {
    phase: phase as PodPhase,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
}

/** The pod is to end and nothing of it runs or is about to run. */
export function isStopped(view: PodView): boolean {
  if (!shouldTerminate(view) || view.containers.some((one) => isRunning(one))) return false
  return ![...view.inFlight].some((key) => key.startsWith('start ') || key === 'sandbox')
}

function addressesOf(view: PodView): Partial<PodStatus> {
  const [hostIp] = view.node.hostIps
  const ips = podIpsOf(view)
  return {
    ...(hostIp === undefined ? {} : { hostIP: hostIp, hostIPs: view.node.hostIps.map((ip) => ({ ip })) }),
    ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
  }
}

/** A pod that ends keeps the address it had, so that clients that still talk to it can be told apart. */
function podIpsOf(view: PodView): readonly string[] {
  const sandbox = view.volumesMounted ? newestSandbox(view) : undefined
  if (view.pod.spec.hostNetwork === true) return sandbox === undefined ? knownIpsOf(view) : view.node.hostIps
  if (sandbox !== undefined && sandbox.ips.length > 0) return sandbox.ips
  return knownIpsOf(view)
}

const knownIpsOf = (view: PodView): readonly string[] =>
  (view.pod.status?.podIPs ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]))
