import type { Container, ContainerStatus } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import { IMAGE_ERROR_SHOWN_MS } from '../limits.ts'
import type { RuntimeContainer } from '../runtime.ts'
import { goDuration, restartAt } from './back_off.ts'
import {
  exitCodeOf,
  hasExited,
  hasStarted,
  instancesOf,
  newestSandbox,
  probeStateOf,
  restartsAfterLoss,
  shouldRestart,
} from './containers.ts'
import type { Alarm } from './decide.ts'
import { shouldTerminate } from './lifecycle.ts'
import type { Failure, PodView } from './view.ts'

type State = NonNullable<ContainerStatus['state']>

export interface StatusPlace {
  readonly container: Container
  readonly isInit: boolean
  /** The reason of a container that waits without having failed: `ContainerCreating` or `PodInitializing`. */
  readonly waitingReason: string
}

/** The status of one container, from its instances; without any, from what the API said before. */
export function containerStatusOf(view: PodView, place: StatusPlace, alarm: Alarm): ContainerStatus {
  const { container } = place
  const instances = instancesOf(view, container.name)
  const newest = instances[0]
  if (newest === undefined) return withoutInstance(view, place, alarm)
  const state = stateOf(view, place, newest, alarm)
  const last = state.terminated === undefined ? instances.find(hasExited) : instances.slice(1).find(hasExited)
  return {
    name: container.name,
    state,
    lastState: last === undefined ? {} : { terminated: terminatedOf(view, last) },
    ready: isReady(view, place, newest),
    restartCount: newest.attempt,
    image: container.image ?? newest.image,
    imageID: newest.imageId,
    containerID: `${view.node.runtimeName}://${newest.id}`,
    started: state.running !== undefined && hasStarted(view, container, newest),
    ...volumeMountStatuses(container),
    ...resourceStatuses(container),
  } as ContainerStatus
}

/** An init container is ready when it has done its work, any other when it runs and its probes say so. */
function isReady(view: PodView, place: StatusPlace, instance: RuntimeContainer): boolean {
  const isPlainInit = place.isInit && place.container.restartPolicy !== 'Always'
  if (isPlainInit) return hasExited(instance) && exitCodeOf(instance) === 0
  if (!hasStarted(view, place.container, instance)) return false
  return probeStateOf(view, place.container, instance.id).readiness === 'success'
}

function stateOf(view: PodView, place: StatusPlace, newest: RuntimeContainer, alarm: Alarm): State {
  if (newest.state === 'running') return { running: { startedAt: toRfc3339(newest.startedAt ?? newest.createdAt) } }
  if (newest.state === 'created') return waitingState(view, place, alarm)
  const failed = view.failures.get(`start ${place.container.name}`)
  if (failed !== undefined && !shouldTerminate(view))
    return { waiting: shownFailure(view, place.container, failed, alarm) }
  if (isOfEarlierSandbox(view, newest) && !shouldTerminate(view)) return { waiting: { reason: place.waitingReason } }
  return crashLoop(view, place, newest) ?? { terminated: terminatedOf(view, newest) }
}

/** A new sandbox begins everything anew: what ended in the old one is going to run again. */
function isOfEarlierSandbox(view: PodView, instance: RuntimeContainer): boolean {
  const sandbox = newestSandbox(view)
  return sandbox !== undefined && sandbox.state === 'ready' && sandbox.id !== instance.sandboxId
}

/** Waiting for the back-off to end; before the first crash and while the pod ends there is none to show. */
function crashLoop(view: PodView, place: StatusPlace, newest: RuntimeContainer): State | undefined {
  const { container, isInit } = place
  const backOff = view.backOffs.get(container.name)
  if (backOff === undefined || shouldTerminate(view)) return undefined
  if (!shouldRestart(view.pod, container, exitCodeOf(newest), isInit)) return undefined
  if (restartAt(backOff, newest.finishedAt ?? view.now) <= view.now) return undefined
  return {
    waiting: {
      reason: 'CrashLoopBackOff',
      message: `back-off ${goDuration(backOff.delayMs)} restarting failed container=${container.name} pod=${podFullName(view)}`,
    },
  }
}

/** `name_namespace(uid)`, as the messages of a pod's back-off name it. */
export function podFullName(view: { readonly pod: PodView['pod'] }): string {
  const { name, namespace = '', uid } = view.pod.metadata
  return `${name}_${namespace}(${uid})`
}

function waitingState(view: PodView, place: StatusPlace, alarm: Alarm): State {
  const failed = view.failures.get(`start ${place.container.name}`)
  if (failed !== undefined) return { waiting: shownFailure(view, place.container, failed, alarm) }
  return { waiting: { reason: place.waitingReason } }
}

/** A pull that failed shows its error for a moment and then that it waits. */
function shownFailure(view: PodView, container: Container, failed: Failure, alarm: Alarm) {
  if (failed.reason !== 'ErrImagePull') return { reason: failed.reason, message: failed.message }
  const shownUntil = failed.at + IMAGE_ERROR_SHOWN_MS
  if (view.now < shownUntil) {
    alarm.ring(shownUntil)
    return { reason: failed.reason, message: failed.message }
  }
  return {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${container.image}": ErrImagePull: ${failed.message}`,
  }
}

function terminatedOf(view: PodView, one: RuntimeContainer): NonNullable<State['terminated']> {
  const exitCode = exitCodeOf(one)
  const message = view.terminationMessages.get(one.id) ?? one.message
  return {
    exitCode,
    reason: one.reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    ...(message ? { message } : {}),
    startedAt: toRfc3339(one.startedAt ?? one.createdAt),
    finishedAt: toRfc3339(one.finishedAt ?? view.now),
    containerID: `${view.node.runtimeName}://${one.id}`,
  }
}

/** Never created, or its remains were cleaned away: then what the API knew of its end stays. */
function withoutInstance(view: PodView, place: StatusPlace, alarm: Alarm): ContainerStatus {
  const { container, isInit } = place
  const old = oldStatusOf(view, place)
  if (old?.state?.terminated !== undefined && (isInit || shouldTerminate(view))) return old
  if (old?.state?.running !== undefined && shouldTerminate(view)) return lostContainer(old, view)
  return {
    name: container.name,
    state: waitingState(view, place, alarm),
    lastState: lastStateAfterLoss(old, view),
    ready: false,
    restartCount: old === undefined ? 0 : restartsAfterLoss(old),
    image: container.image ?? '',
    imageID: '',
    started: false,
    ...volumeMountStatuses(container),
    ...resourceStatuses(container),
  } as ContainerStatus
}

function lastStateAfterLoss(old: ContainerStatus | undefined, view: PodView): State {
  if (old?.state?.running !== undefined) return lostContainer(old, view).state ?? {}
  return old?.state?.terminated === undefined ? (old?.lastState ?? {}) : { terminated: old.state.terminated }
}

function oldStatusOf(view: PodView, place: StatusPlace): ContainerStatus | undefined {
  const { status } = view.pod
  const all = place.isInit ? status?.initContainerStatuses : status?.containerStatuses
  return [...(all ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find(
    (one) => one.name === place.container.name,
  )
}

function lostContainer(old: ContainerStatus, view: PodView): ContainerStatus {
  return {
    ...old,
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
        startedAt: old.state?.running?.startedAt ?? toRfc3339(view.now),
        finishedAt: toRfc3339(view.now),
      },
    },
  } as ContainerStatus
}

function volumeMountStatuses(container: Container): object {
  const mounts = container.volumeMounts ?? []
  if (mounts.length === 0) return {}
  return {
    volumeMounts: mounts.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
    })),
  }
}

function resourceStatuses(container: Container): object {
  const { requests, limits } = container.resources ?? {}
  if (requests === undefined && limits === undefined) return { resources: {} }
  return {
    ...(requests === undefined ? {} : { allocatedResources: requests }),
    resources: { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) },
  }
}
