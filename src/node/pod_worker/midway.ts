import type { ContainerStatus } from '../../api/types.ts'
import { currentInstance, newestSandbox } from './containers.ts'
import { shouldTerminate } from './lifecycle.ts'
import type { Action, PodView } from './view.ts'

/**
 * True while a pod is on its way from "nothing runs" to "everything has been started". The API was told
 * at the beginning and is told again at the end: a watcher sees `ContainerCreating` once and then
 * `Running`, and each step in between saves a write.
 */
export function isMidway(view: PodView, actions: readonly Action[]): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = view.pod.status ?? {}
  if (containerStatuses.length === 0 || !containerStatuses.every(hasNotBegun) || shouldTerminate(view)) return false
  if (isStarting(view)) return true
  const startsNext = actions.some((action) => action.do === 'startContainer' || action.do === 'runSandbox')
  return startsNext && (initContainerStatuses.every(hasNotBegun) || hasMainInstance(view))
}

const hasNotBegun = (status: ContainerStatus): boolean =>
  status.state?.waiting !== undefined && status.lastState?.terminated === undefined

const isStarting = (view: PodView): boolean =>
  view.hooksPending.size > 0 || [...view.inFlight].some((key) => key === 'sandbox' || key.startsWith('start '))

const hasMainInstance = (view: PodView): boolean =>
  view.pod.spec.containers.some(({ name }) => currentInstance(view, name, newestSandbox(view)) !== undefined)
