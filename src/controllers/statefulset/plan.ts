import type {
  ControllerRevision,
  Draft,
  OwnerReference,
  PersistentVolumeClaim,
  Pod,
  StatefulSetStatus,
} from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'

/** Claims to make, and claims that are in the way because they are being deleted. */
export interface ClaimWork {
  readonly missing: readonly Draft<PersistentVolumeClaim>[]
  readonly ending: readonly string[]
}

/** The owner references that a claim shall have. A claim that is yet to be made has no version. */
export interface ClaimOwners {
  readonly name: string
  readonly resourceVersion: string | undefined
  readonly ownerReferences: readonly OwnerReference[]
}

/** One thing to do. Each is small enough to be told in a line. */
export type Action =
  | { readonly do: 'adopt-revision'; readonly revision: ControllerRevision }
  | { readonly do: 'adopt-pod'; readonly pod: Pod }
  | { readonly do: 'release-pod'; readonly pod: Pod }
  | { readonly do: 'create-revision'; readonly revision: Draft<ControllerRevision> }
  | { readonly do: 'renumber-revision'; readonly revision: ControllerRevision; readonly number: number }
  | { readonly do: 'delete-revision'; readonly revision: ControllerRevision }
  /** Claims first, then the pod, then the claims' owners. */
  | {
      readonly do: 'create-pod'
      readonly pod: Draft<Pod>
      readonly claims: ClaimWork
      readonly owners: readonly ClaimOwners[]
    }
  /** A pod that waits for its node may still get a claim that was deleted. */
  | {
      readonly do: 'create-claims'
      readonly pod: Pod
      readonly claims: ClaimWork
      readonly owners: readonly ClaimOwners[]
    }
  | {
      readonly do: 'repair-pod'
      readonly pod: Pod
      readonly labels: Readonly<Record<string, string>> | undefined
      readonly volumes: Pod['spec']['volumes'] | undefined
      readonly claims: ClaimWork
      readonly owners: readonly ClaimOwners[]
    }
  | { readonly do: 'own-claims'; readonly pod: Pod; readonly owners: readonly ClaimOwners[] }
  | { readonly do: 'delete-pod'; readonly pod: Pod; readonly why: 'finished' | 'condemned' | 'outdated' }

/** Actions of one kind of work; the next phase begins only when all have succeeded. */
export interface Phase {
  readonly name: 'replicas' | 'condemned-claims' | 'condemned' | 'update'
  /** In batches that grow, instead of one after another. */
  readonly burst: boolean
  readonly actions: readonly Action[]
}

/** Everything that one reconciliation does, in this order. */
export interface Plan {
  /** If one of these fails, nothing else is done. */
  readonly prepare: readonly Action[]
  readonly phases: readonly Phase[]
  /** Written whether the phases succeed or not; undefined if it says nothing new. */
  readonly status: StatefulSetStatus | undefined
  readonly cleanUp: readonly Action[]
  /** When to look again for what the passing of time changes. */
  readonly wakeAfterMs: Millis | undefined
}
