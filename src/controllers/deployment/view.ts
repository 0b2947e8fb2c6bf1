import type { Deployment, Pod, ReplicaSet } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import type { Claimed } from '../runtime/workload/ownership.ts'

export interface DeploymentView {
  readonly deployment: Deployment
  /** The sets that the Deployment controls, and those of its namespace that nobody controls. */
  readonly candidates: readonly ReplicaSet[]
  /** The pods that a set controls. */
  readonly podsOf: (set: ReplicaSet) => readonly Pod[]
  /** Any set of the namespace: names may be taken by others. */
  readonly setNamed: (name: string) => ReplicaSet | undefined
  readonly now: Millis
}

export interface DeploymentPlan {
  readonly claimed: Claimed<ReplicaSet>
  readonly actions: readonly SetAction[]
  /** Absent if the object says all this already. */
  readonly written:
    | { readonly status: NonNullable<Deployment['status']>; readonly annotations?: Readonly<Record<string, string>> }
    | undefined
  readonly lookAgainMs: Millis | undefined
}

/** What may happen to one set. */
export type SetAction =
  | { readonly do: 'create'; readonly draft: NewSet; readonly replicas: number }
  | {
      readonly do: 'change'
      readonly set: ReplicaSet
      readonly from: number
      readonly to: number
      readonly body: object
    }
  | { readonly do: 'delete'; readonly set: ReplicaSet }

/** A set before the server knows it. */
export interface NewSet {
  readonly metadata: Partial<ReplicaSet['metadata']> & { readonly name: string }
  readonly spec: ReplicaSet['spec']
}
