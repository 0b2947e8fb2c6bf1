import type { Pod, PodStatus } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import type { Lookup, Membership } from '../../base/sparse.ts'
import type { RuntimeContainer, Sandbox } from '../runtime.ts'
import type { BackOff } from './back_off.ts'

export type ProbeResult = 'success' | 'failure' | 'unknown'

/** What is known about one running container by its probes; a probe that the container lacks counts as success. */
export interface ProbeState {
  readonly startup: ProbeResult
  readonly readiness: ProbeResult
  readonly liveness: ProbeResult
}

/** Something that could not be done; it is tried again at `retryAt`. */
export interface Failure {
  /** As a waiting container's reason: `ErrImagePull`, `CreateContainerConfigError`. */
  readonly reason: string
  readonly message: string
  readonly at: Millis
  readonly retryAt: Millis
}

/** What an action is about; failures and running operations are noted under it. */
export type OperationKey =
  | 'volumes'
  | 'sandbox'
  | 'delete'
  | 'forget'
  | `start ${string}`
  | `stop ${string}`
  | `remove ${string}`

/** Why the node does not take the pod. */
export interface Rejection {
  readonly reason: string
  readonly message: string
}

/** Everything that the decision about one pod needs. */
export interface PodView {
  readonly now: Millis
  /** The newest state that was seen; it stays when the object is gone. */
  readonly pod: Pod
  /** The API has no pod with this uid any more. */
  readonly gone: boolean
  /** The node did not take the pod: nothing of it will run. */
  readonly rejection?: Rejection | undefined
  /** Of this pod only. */
  readonly sandboxes: readonly Sandbox[]
  readonly containers: readonly RuntimeContainer[]
  /** Whether the pod's directories and mounts exist. */
  readonly volumesMounted: boolean
  readonly failures: Lookup<OperationKey, Failure>
  /** Restart back-offs by container name. */
  readonly backOffs: Lookup<string, BackOff>
  /** By container id; a container that is not in it has no result yet. */
  readonly probes: Lookup<string, ProbeState>
  /** What ended containers left as their last words, by id. */
  readonly terminationMessages: Lookup<string, string>
  /** Containers whose postStart hook has not ended yet, by id. */
  readonly hooksPending: Membership<string>
  /** What is being done right now. */
  readonly inFlight: Membership<OperationKey>
  /** By container id: when its grace ends, for those being stopped. */
  readonly stopping: Lookup<string, Millis>
  /** The terminal status has been accepted by the API, or nobody is left to tell. */
  readonly finalStatusReported: boolean
  readonly node: { readonly hostIps: readonly string[]; readonly runtimeName: string }
}

export type Action =
  | { readonly do: 'mountVolumes' }
  | { readonly do: 'unmountVolumes' }
  | { readonly do: 'runSandbox'; readonly attempt: number }
  | { readonly do: 'stopSandbox'; readonly id: string }
  | { readonly do: 'removeSandbox'; readonly id: string }
  | { readonly do: 'startContainer'; readonly name: string; readonly attempt: number; readonly sandboxId: string }
  | {
      readonly do: 'stopContainer'
      readonly id: string
      readonly name: string
      readonly graceSeconds: number
      /** As the event says it. */
      readonly why: string
    }
  | { readonly do: 'removeContainer'; readonly id: string; readonly name: string; readonly attempt: number }
  | { readonly do: 'deletePod' }
  /** Nothing is left of the pod: its worker may end. */
  | { readonly do: 'forget' }

export interface Plan {
  readonly actions: readonly Action[]
  /** What the API should show; undefined when nobody is left to tell. */
  readonly status: PodStatus | undefined
  /** When time alone changes the decision. */
  readonly wakeAt: Millis | undefined
}

/** Under which key an action is noted; two actions with one key never run at once. */
export function operationKeyOf(action: Action): OperationKey {
  switch (action.do) {
    case 'mountVolumes':
    case 'unmountVolumes':
      return 'volumes'
    case 'runSandbox':
      return 'sandbox'
    case 'stopSandbox':
      return `stop ${action.id}`
    case 'removeSandbox':
      return `remove ${action.id}`
    case 'startContainer':
      return `start ${action.name}`
    case 'stopContainer':
      return `stop ${action.id}`
    case 'removeContainer':
      return `remove ${action.id}`
    case 'deletePod':
      return 'delete'
    case 'forget':
      return 'forget'
  }
}
