import type { Container, ContainerStatus, Pod, PodSpec } from '../../api/types.ts'
import type { RuntimeContainer, Sandbox } from '../runtime.ts'
import type { PodView, ProbeState } from './view.ts'

/** A sidecar: an init container that goes on running beside the others. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

export const initContainersOf = (spec: PodSpec): readonly Container[] => spec.initContainers ?? []

/** All containers that a pod needs, init containers first. */
export const allContainersOf = (spec: PodSpec): readonly Container[] => [...initContainersOf(spec), ...spec.containers]

/** Those that somebody has added to a running pod to look into it; the pod's own life does not depend on them. */
export const ephemeralContainersOf = (spec: PodSpec): readonly EphemeralContainer[] => spec.ephemeralContainers ?? []

/** An ephemeral container has a container's fields and perhaps one into whose processes it looks. */
export type EphemeralContainer = NonNullable<PodSpec['ephemeralContainers']>[number]

/** No two containers of a pod have one name, of whatever sort they are. */
export function containerNamed(spec: PodSpec, name: string): Container | undefined {
  const ephemeral = ephemeralContainersOf(spec) as readonly unknown[] as readonly Container[]
  return [...allContainersOf(spec), ...ephemeral].find((one) => one.name === name)
}

export const isRunning = (instance: RuntimeContainer | undefined): boolean => instance?.state === 'running'
export const hasExited = (instance: RuntimeContainer | undefined): instance is RuntimeContainer =>
  instance?.state === 'exited' || instance?.state === 'unknown'

/** An exit code for every ended container: one whose end nobody saw counts as killed. */
export const exitCodeOf = (instance: RuntimeContainer): number => instance.exitCode ?? 137

/** The instances of one container, newest first. */
export function instancesNewestFirst(
  containers: readonly RuntimeContainer[],
  name: string,
): readonly RuntimeContainer[] {
  return containers.filter((one) => one.name === name).sort((a, b) => b.attempt - a.attempt)
}

export const instancesOf = (view: PodView, name: string): readonly RuntimeContainer[] =>
  instancesNewestFirst(view.containers, name)

/** The newest instance of a container in one sandbox; those of an earlier sandbox belong to an earlier life of the pod. */
export function currentInstance(
  view: PodView,
  name: string,
  sandbox: Sandbox | undefined,
): RuntimeContainer | undefined {
  return newest(view, name, (one) => sandbox === undefined || one.sandboxId === sandbox.id)
}

/** The newest instance of a container in any sandbox. */
export function newestInstance(view: PodView, name: string): RuntimeContainer | undefined {
  return newest(view, name, () => true)
}

function newest(view: PodView, name: string, counts: (one: RuntimeContainer) => boolean): RuntimeContainer | undefined {
  let found: RuntimeContainer | undefined
  for (const one of view.containers) {
    if (one.name === name && counts(one) && (found === undefined || one.attempt > found.attempt)) found = one
  }
  return found
}

/**
 * The number that the next instance of a container gets. After the runtime has lost everything (a
 * reboot) the count goes on from what the API shows.
 */
export function nextAttempt(view: PodView, name: string): number {
  const newestOne = newestInstance(view, name)
  if (newestOne !== undefined) return newestOne.attempt + 1
  const { initContainerStatuses = [], containerStatuses = [] } = view.pod.status ?? {}
  const shown = [...initContainerStatuses, ...containerStatuses].find((one) => one.name === name)
  return shown === undefined ? 0 : restartsAfterLoss(shown)
}

/** A container that the API shows as begun but that no runtime knows has been lost, which counts as one restart. */
export function restartsAfterLoss(shown: ContainerStatus): number {
  const isWaiting = shown.state?.running === undefined && shown.state?.terminated === undefined
  return isWaiting ? shown.restartCount : shown.restartCount + 1
}

/** The sandbox that is in use, or the last one that was. */
export function newestSandbox(view: PodView): Sandbox | undefined {
  return view.sandboxes.reduce<Sandbox | undefined>(
    (best, one) => (best === undefined || one.attempt > best.attempt ? one : best),
    undefined,
  )
}

export function readySandbox(view: PodView): Sandbox | undefined {
  const sandbox = newestSandbox(view)
  return sandbox?.state === 'ready' ? sandbox : undefined
}

/** Whether a container starts again after it has ended with `exitCode`. */
export function shouldRestart(pod: Pod, container: Container, exitCode: number, isInit: boolean): boolean {
  if (isInit && isSidecar(container)) return true
  if (isInit && exitCode === 0) return false
  if (container.restartPolicy !== undefined && hasRestartRuleFor(container, exitCode)) return true
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** A container with a policy of its own may say which ends are followed by another start. */
const hasRestartRuleFor = ({ restartPolicyRules = [] }: Container, exitCode: number): boolean =>
  restartPolicyRules.some(
    ({ action, exitCodes }) =>
      action === 'Restart' &&
      exitCodes !== undefined &&
      (exitCodes.values ?? []).includes(exitCode) === (exitCodes.operator === 'In'),
  )

/** What probes say of a running container before they have run: not ready, not started, alive. */
export function probeStateOf(view: PodView, container: Container, id: string): ProbeState {
  return (
    view.probes.get(id) ?? {
      startup: container.startupProbe === undefined ? 'success' : 'unknown',
      readiness: container.readinessProbe === undefined ? 'success' : 'failure',
      liveness: 'success',
    }
  )
}

/** Running, its postStart hook done and its startup probe passed: what may follow it may follow. */
export function hasStarted(view: PodView, container: Container, instance: RuntimeContainer | undefined): boolean {
  return (
    instance?.state === 'running' &&
    !view.hooksPending.has(instance.id) &&
    probeStateOf(view, container, instance.id).startup === 'success'
  )
}
