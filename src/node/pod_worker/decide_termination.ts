import type { RuntimeContainer } from '../runtime.ts'
import { initContainersOf, isRunning, isSidecar } from './containers.ts'
import type { Alarm } from './decide.ts'
import { graceSecondsOf } from './grace.ts'
import type { Action, PodView } from './view.ts'

/**
 * What ends a pod: main containers, then its sidecars in reverse order, then the sandbox and its
 * mounts; then, if it is being deleted, the API object; and last, when that is gone, what the
 * runtime still keeps of it. A pod that has merely finished keeps its dead containers for their logs.
 */
export function decideTermination(view: PodView, _alarm: Alarm): readonly Action[] {
  const running = view.containers.filter((one) => isRunning(one))
  if (running.length > 0) return stopNext(view, running)
  if (isBusy(view)) return []
  const ready = view.sandboxes.filter((one) => one.state === 'ready')
  if (ready.length > 0) return ready.map((one) => ({ do: 'stopSandbox', id: one.id }))
  if (view.gone) return cleanUp(view)
  if (view.volumesMounted) return [{ do: 'unmountVolumes' }]
  return mayDelete(view) && !view.inFlight.has('delete') ? [{ do: 'deletePod' }] : []
}

/** Deleted without any grace it has been already if nothing but finalizers holds the object: asking again would change nothing. */
function mayDelete({ pod, finalStatusReported }: PodView): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  return finalStatusReported && deletionTimestamp !== undefined && deletionGracePeriodSeconds !== 0
}

/** A start that is under way may still give a container: nothing is torn down before it has ended. */
function isBusy(view: PodView): boolean {
  return [...view.inFlight].some((key) => key !== 'delete')
}

function stopNext(view: PodView, running: readonly RuntimeContainer[]): readonly Action[] {
  const order = sidecarOrder(view)
  const main = running.filter((one) => !order.has(one.name))
  if (main.length > 0) return main.map((one) => stop(view, one))
  const last = Math.max(...running.map((one) => order.get(one.name) ?? 0))
  return running.filter((one) => order.get(one.name) === last).map((one) => stop(view, one))
}

function sidecarOrder(view: PodView): ReadonlyMap<string, number> {
  const sidecars = initContainersOf(view.pod.spec).filter(isSidecar)
  return new Map(sidecars.map((container, at) => [container.name, at]))
}

const stop = (view: PodView, one: RuntimeContainer): Action => ({
  do: 'stopContainer',
  id: one.id,
  name: one.name,
  graceSeconds: graceSecondsOf(view, one),
  why: `Stopping container ${one.name}`,
})

function cleanUp(view: PodView): readonly Action[] {
  if (view.containers.length > 0) {
    return view.containers.map((one) => ({ do: 'removeContainer', id: one.id, name: one.name, attempt: one.attempt }))
  }
  if (view.volumesMounted) return [{ do: 'unmountVolumes' }]
  if (view.sandboxes.length > 0) return view.sandboxes.map((one) => ({ do: 'removeSandbox', id: one.id }))
  return [{ do: 'forget' }]
}
