import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import {
  currentInstance,
  exitCodeOf,
  hasExited,
  initContainersOf,
  isSidecar,
  newestInstance,
  newestSandbox,
  shouldRestart,
} from './containers.ts'
import type { PodView } from './view.ts'

/** Failed and Succeeded are final: a pod never leaves them. */
export const isTerminalPhase = (phase: string | undefined): boolean => phase === 'Failed' || phase === 'Succeeded'

/** A pod that is being deleted, is gone, has ended or ran out of time has its containers stopped. */
export function shouldTerminate(view: PodView): boolean {
  return (
    view.gone ||
    view.pod.metadata.deletionTimestamp !== undefined ||
    isTerminalPhase(view.pod.status?.phase) ||
    view.rejection !== undefined ||
    isPastDeadline(view) ||
    hasFinished(view)
  )
}

/** When `activeDeadlineSeconds` runs out, counted from the pod's start. */
export function deadlineOf(view: PodView): Millis | undefined {
  const seconds = view.pod.spec.activeDeadlineSeconds
  const startedAt = fromRfc3339(view.pod.status?.startTime)
  return seconds === undefined || startedAt === undefined ? undefined : startedAt + seconds * 1000
}

export function isPastDeadline(view: PodView): boolean {
  const deadline = deadlineOf(view)
  return deadline !== undefined && deadline <= view.now
}

/** Nothing of the pod will ever run again by its restart policy; sidecars do not count. */
function hasFinished(view: PodView): boolean {
  return initializationFailed(view) || mainContainersFinished(view)
}

/** An init container ended badly and is not to be started again. */
function initializationFailed(view: PodView): boolean {
  return initContainersOf(view.pod.spec).some((container) => {
    const instance = currentInstance(view, container.name, newestSandbox(view))
    if (isSidecar(container) || !hasExited(instance) || exitCodeOf(instance) === 0) return false
    return !shouldRestart(view.pod, container, exitCodeOf(instance), true)
  })
}

function mainContainersFinished(view: PodView): boolean {
  return view.pod.spec.containers.every((container) => {
    const instance = newestInstance(view, container.name)
    return hasExited(instance) && !shouldRestart(view.pod, container, exitCodeOf(instance), false)
  })
}
