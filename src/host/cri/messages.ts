/** Answers of the runtime as they come out of gRPC: 64-bit numbers as decimal strings, enums as names. */

export interface WireSandbox {
  readonly id: string
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly namespace: string
    readonly attempt: number
  }
  readonly state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY'
  readonly created_at: string
}

export interface WireSandboxStatus {
  readonly status: {
    readonly network: { readonly ip: string; readonly additional_ips: readonly { readonly ip: string }[] } | null
  } | null
}

export interface WireContainer {
  readonly id: string
  readonly pod_sandbox_id: string
  readonly metadata: { readonly name: string; readonly attempt: number }
  readonly image: { readonly image: string } | null
  readonly image_ref: string
  readonly state: 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN'
  readonly created_at: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export interface WireContainerStatus {
  readonly state: WireContainer['state']
  readonly started_at: string
  readonly finished_at: string
  readonly exit_code: number
  readonly reason: string
  readonly message: string
}

export interface WireImage {
  readonly id: string
  readonly repo_tags: readonly string[]
  readonly repo_digests: readonly string[]
  readonly uid: { readonly value: string } | null
  readonly username: string
}

export interface WireStats {
  readonly attributes: { readonly id: string }
  readonly cpu: {
    readonly timestamp: string
    readonly usage_core_nano_seconds: { readonly value: string } | null
  } | null
  readonly memory: { readonly timestamp: string; readonly working_set_bytes: { readonly value: string } | null } | null
}

/** The labels by which everything is found again; upstream's names, so that other tools understand them too. */
export const POD_NAME_LABEL = 'io.kubernetes.pod.name'
export const POD_NAMESPACE_LABEL = 'io.kubernetes.pod.namespace'
export const POD_UID_LABEL = 'io.kubernetes.pod.uid'
export const CONTAINER_NAME_LABEL = 'io.kubernetes.container.name'

/** A listing of one pod's sandboxes or containers only, or of all. */
export function ofPod(podUid: string | undefined): object {
  return podUid === undefined ? {} : { filter: { label_selector: { [POD_UID_LABEL]: podUid } } }
}

/** Nanoseconds since the epoch do not fit a double; 0 and less mean "not yet". */
export function millisOf(nanoseconds: string): number | undefined {
  const value = BigInt(nanoseconds)
  return value <= 0n ? undefined : Number(value / 1_000_000n)
}
