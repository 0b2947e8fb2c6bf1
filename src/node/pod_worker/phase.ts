import type { ContainerStatus, Pod } from '../../api/types.ts'
import { containerNamed, shouldRestart } from './containers.ts'

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed'

export interface PhaseInput {
  readonly pod: Pod
  readonly init: readonly ContainerStatus[]
  readonly main: readonly ContainerStatus[]
  /** All containers have been stopped, or will never run. */
  readonly isStopped: boolean
}

/** A pod's phase out of what its containers do, by the rules of the pod lifecycle. */
export function phaseOf(input: PhaseInput): PodPhase {
  if (
    input.init.some((one) => isPlainInit(input.pod, one.name) && hasFailed(one) && !startsAgain(input.pod, one, true))
  )
    return 'Failed'
  if (!hasBegun(input)) return input.isStopped ? 'Failed' : 'Pending'
  const stopped = input.main.filter(hasStopped)
  if (input.main.some((one) => one.state?.waiting !== undefined && one.lastState?.terminated === undefined)) {
    return input.isStopped ? 'Failed' : 'Pending'
  }
  if (stopped.length < input.main.length) return 'Running'
  const succeeded = input.main.every((one) => endOf(one)?.exitCode === 0)
  if (input.isStopped) return succeeded ? 'Succeeded' : 'Failed'
  if (input.main.some((one) => startsAgain(input.pod, one, false))) return 'Running'
  return succeeded ? 'Succeeded' : 'Failed'
}

/** Its last end is followed by another start. */
function startsAgain(pod: Pod, status: ContainerStatus, isInit: boolean): boolean {
  const container = containerNamed(pod.spec, status.name)
  const end = endOf(status)
  return container !== undefined && end !== undefined && shouldRestart(pod, container, end.exitCode, isInit)
}

/** The init containers are done, or a main container exists although their remains do not. */
function hasBegun(input: PhaseInput): boolean {
  const anyMain = input.main.some((one) => one.state?.running !== undefined || endOf(one) !== undefined)
  const plain = input.init.filter((one) => isPlainInit(input.pod, one.name))
  const sidecars = input.init.filter((one) => !isPlainInit(input.pod, one.name))
  if (!plain.every((one) => one.state?.terminated?.exitCode === 0)) return input.isStopped && anyMain
  return anyMain || sidecars.every((one) => one.started === true)
}

const isPlainInit = (pod: Pod, name: string): boolean =>
  (pod.spec.initContainers ?? []).some((one) => one.name === name && one.restartPolicy !== 'Always')

const endOf = (status: ContainerStatus) => status.state?.terminated ?? status.lastState?.terminated

/** Ended, and either staying so or waiting to start again. */
const hasStopped = (status: ContainerStatus): boolean =>
  status.state?.terminated !== undefined ||
  (status.state?.waiting !== undefined && status.lastState?.terminated !== undefined)

const hasFailed = (status: ContainerStatus): boolean => {
  const end = endOf(status)
  return status.state?.running === undefined && end !== undefined && end.exitCode !== 0
}
