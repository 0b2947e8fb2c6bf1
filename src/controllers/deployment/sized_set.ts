import type { Deployment, ReplicaSet } from '../../api/types.ts'
import { saysTheSame } from '../runtime/workload/status_writer.ts'
import { sizeAnnotations } from './annotations.ts'
import type { SetAction } from './view.ts'

/** A set and what it is to become: one decision scales, annotates and tunes it, and one patch does it. */
export class SizedSet {
  readonly set: ReplicaSet
  readonly before: number
  replicas: number
  annotations: Readonly<Record<string, string>>
  minReadySeconds: number

  constructor(set: ReplicaSet) {
    this.set = set
    this.before = set.spec.replicas ?? 0
    this.replicas = this.before
    this.annotations = set.metadata.annotations ?? {}
    this.minReadySeconds = set.spec.minReadySeconds ?? 0
  }

  get available(): number {
    return this.set.status?.availableReplicas ?? 0
  }

  /** The set notes for which size of the Deployment it was scaled. Says whether the number changes. */
  scale(replicas: number, deployment: Deployment): boolean {
    const changes = replicas !== this.replicas
    this.replicas = replicas
    this.annotations = { ...this.annotations, ...sizeAnnotations(deployment) }
    return changes
  }

  /** What is to be done; nothing if the set is so already. */
  action(): SetAction | undefined {
    const { set, before, replicas, annotations } = this
    const isNoted = saysTheSame(set.metadata.annotations ?? {}, annotations)
    const isTuned = (set.spec.minReadySeconds ?? 0) === this.minReadySeconds
    if (before === replicas && isNoted && isTuned) return undefined
    const { uid, resourceVersion } = set.metadata
    const body = {
      metadata: { uid, resourceVersion, ...(isNoted ? {} : { annotations }) },
      spec: {
        ...(before === replicas ? {} : { replicas }),
        ...(isTuned ? {} : { minReadySeconds: this.minReadySeconds }),
      },
    }
    return { do: 'change', set, from: before, to: replicas, body }
  }
}

export const totalOf = (sets: readonly SizedSet[]): number => sets.reduce((sum, { replicas }) => sum + replicas, 0)

export const availableOf = (sets: readonly SizedSet[]): number => sets.reduce((sum, set) => sum + set.available, 0)

export const isActive = ({ replicas }: SizedSet): boolean => replicas > 0

const bornAt = ({ set }: SizedSet): string => `${set.metadata.creationTimestamp} ${set.metadata.name}`

export const oldestFirst = (sets: readonly SizedSet[]): readonly SizedSet[] =>
  sets.toSorted((a, b) => (bornAt(a) < bornAt(b) ? -1 : 1))
