import type { Pod } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import type { RuntimeContainer } from '../runtime.ts'

/** One look at the counters of a group of processes. */
export interface UsageSample {
  readonly at: Millis
  /** All the time on processors so far. */
  readonly cpuNanoseconds: number
  readonly memoryBytes: number
  /** Without file pages that the kernel could give back at once. */
  readonly workingSetBytes: number
}

/** A pod of the node with the containers that the agent knows of. */
export interface MeasuredPod {
  readonly pod: Pod
  readonly containers: readonly RuntimeContainer[]
}

/** Where the agent reads what is used. Undefined: there is no such group any more, or the machine does not count. */
export interface UsagePort {
  ofNode(): Promise<UsageSample | undefined>
  ofPod(pod: MeasuredPod): Promise<UsageSample | undefined>
  ofContainer(pod: Pod, container: RuntimeContainer): Promise<UsageSample | undefined>
}
