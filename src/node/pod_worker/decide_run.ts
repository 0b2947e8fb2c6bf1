import type { Container } from '../../api/types.ts'
import { CONTAINER_INSTANCES_MOST } from '../limits.ts'
import type { RuntimeContainer, Sandbox } from '../runtime.ts'
import { restartAt } from './back_off.ts'
import {
  allContainersOf,
  currentInstance,
  ephemeralContainersOf,
  exitCodeOf,
  hasExited,
  hasStarted,
  initContainersOf,
  instancesOf,
  isRunning,
  isSidecar,
  newestInstance,
  newestSandbox,
  nextAttempt,
  probeStateOf,
  readySandbox,
  shouldRestart,
} from './containers.ts'
import type { Alarm } from './decide.ts'
import { graceSecondsOf } from './grace.ts'
import { SPEC_HASH_ANNOTATION, specHash } from './spec_hash.ts'
import type { Action, PodView } from './view.ts'

/** What a pod that should run needs next: volumes and a sandbox, then init containers one by one, then all others. */
export function decideRun(view: PodView, alarm: Alarm): readonly Action[] {
  const sandbox = readySandbox(view)
  if (!view.volumesMounted) {
    // Both take a while and neither needs the other; but a pod whose volumes do not come gets no sandbox.
    const isHopeful = sandbox === undefined && !view.failures.has('volumes')
    return [{ do: 'mountVolumes' }, ...(isHopeful ? renewSandbox(view) : [])]
  }
  return sandbox === undefined ? renewSandbox(view) : decideContainers(view, sandbox, alarm)
}

function decideContainers(view: PodView, sandbox: Sandbox, alarm: Alarm): readonly Action[] {
  return [
    ...cleanSandboxes(view, sandbox),
    ...decideInitContainers(view, sandbox, alarm),
    ...(isInitialized(view, sandbox)
      ? view.pod.spec.containers.flatMap((container) =>
          decideContainer(view, { container, sandbox, isInit: false }, alarm),
        )
      : []),
    ...decideEphemeral(view, sandbox),
    ...removeOldInstances(view),
  ]
}

/** Containers of a dead sandbox have lost their network: they end before a new one begins. */
function renewSandbox(view: PodView): readonly Action[] {
  const left = view.containers.filter((one) => isRunning(one))
  if (left.length > 0)
    return left.map((one) => stop(view, one, 'Pod sandbox changed, it will be killed and re-created.'))
  if ([...view.inFlight].some((key) => key.startsWith('start ') || key.startsWith('stop '))) return []
  const attempt = newestSandbox(view)?.attempt
  return [{ do: 'runSandbox', attempt: attempt === undefined ? 0 : attempt + 1 }]
}

/** Sandboxes of earlier attempts go once no container is left in them. */
function cleanSandboxes(view: PodView, current: Sandbox): readonly Action[] {
  return view.sandboxes
    .filter((one) => one.id !== current.id)
    .filter((one) => one.state === 'ready' || !view.containers.some((container) => container.sandboxId === one.id))
    .map((one) => (one.state === 'ready' ? { do: 'stopSandbox', id: one.id } : { do: 'removeSandbox', id: one.id }))
}

/** True when the init containers are through in this sandbox, or were before their instances were cleaned away. */
export function isInitialized(view: PodView, sandbox: Sandbox | undefined): boolean {
  if (hasMainInstance(view, sandbox)) return true
  return initContainersOf(view.pod.spec).every((container) => isThrough(view, container, sandbox))
}

const hasMainInstance = (view: PodView, sandbox: Sandbox | undefined): boolean =>
  view.pod.spec.containers.some((container) => currentInstance(view, container.name, sandbox) !== undefined)

function isThrough(view: PodView, container: Container, sandbox: Sandbox | undefined): boolean {
  const instance = currentInstance(view, container.name, sandbox)
  if (isSidecar(container)) return hasStarted(view, container, instance)
  return hasExited(instance) && exitCodeOf(instance) === 0
}

/** Init containers in order; sidecars are kept running even after the pod is initialized. */
function decideInitContainers(view: PodView, sandbox: Sandbox, alarm: Alarm): readonly Action[] {
  const actions: Action[] = []
  const pastInit = hasMainInstance(view, sandbox)
  for (const container of initContainersOf(view.pod.spec)) {
    if (pastInit && !isSidecar(container)) continue
    if (isSidecar(container) || !isThrough(view, container, sandbox)) {
      actions.push(...decideContainer(view, { container, sandbox, isInit: true }, alarm))
    }
    if (!pastInit && !isThrough(view, container, sandbox)) break
  }
  return actions
}

/** Started once, when the pod runs, and never again, however they end. */
function decideEphemeral(view: PodView, sandbox: Sandbox): readonly Action[] {
  if (!hasMainInstance(view, sandbox)) return []
  return ephemeralContainersOf(view.pod.spec)
    .filter(({ name }) => newestInstance(view, name) === undefined)
    .map(({ name }) => ({ do: 'startContainer', name, attempt: 0, sandboxId: sandbox.id }))
}

interface Place {
  readonly container: Container
  readonly sandbox: Sandbox
  readonly isInit: boolean
}

/** One container: start it, start it again, stop it for a reason, or leave it. */
function decideContainer(view: PodView, place: Place, alarm: Alarm): readonly Action[] {
  const { container, sandbox, isInit } = place
  const instance = currentInstance(view, container.name, sandbox)
  const start: Action = {
    do: 'startContainer',
    name: container.name,
    attempt: nextAttempt(view, container.name),
    sandboxId: sandbox.id,
  }
  if (instance === undefined) return [start]
  if (instance.state === 'created') return isStarting(view, container) ? [] : [remove(instance)]
  if (instance.state === 'running') return decideRunning(view, container, instance)
  if (!shouldRestart(view.pod, container, exitCodeOf(instance), isInit)) return []
  const startAt = restartAt(view.backOffs.get(container.name), instance.finishedAt ?? view.now)
  if (startAt <= view.now) return [start]
  alarm.ring(startAt)
  return []
}

const isStarting = (view: PodView, container: Container): boolean => view.inFlight.has(`start ${container.name}`)

function decideRunning(view: PodView, container: Container, instance: RuntimeContainer): readonly Action[] {
  const why = reasonToStop(view, container, instance)
  return why === undefined ? [] : [stop(view, instance, why)]
}

function reasonToStop(view: PodView, container: Container, instance: RuntimeContainer): string | undefined {
  const probes = probeStateOf(view, container, instance.id)
  if (probes.liveness === 'failure') return `Container ${container.name} failed liveness probe, will be restarted`
  if (probes.startup === 'failure') return `Container ${container.name} failed startup probe, will be restarted`
  const hash = instance.annotations[SPEC_HASH_ANNOTATION]
  if (hash !== undefined && hash !== specHash(container)) {
    return `Container ${container.name} definition changed, will be restarted`
  }
  return undefined
}

const stop = (view: PodView, instance: RuntimeContainer, why: string): Action => ({
  do: 'stopContainer',
  id: instance.id,
  name: instance.name,
  graceSeconds: graceSecondsOf(view, instance),
  why,
})

const remove = (instance: RuntimeContainer): Action => ({
  do: 'removeContainer',
  id: instance.id,
  name: instance.name,
  attempt: instance.attempt,
})

/** Dead instances beyond the last one that somebody may want the logs of. */
function removeOldInstances(view: PodView): readonly Action[] {
  if (view.containers.length <= CONTAINER_INSTANCES_MOST) return []
  return allContainersOf(view.pod.spec).flatMap((container) =>
    instancesOf(view, container.name).slice(CONTAINER_INSTANCES_MOST).filter(hasExited).map(remove),
  )
}
