import type { Namespace, Node, PersistentVolume, Pod } from '../api/types.ts'
import type { PodClaims } from './pod_claims.ts'
import type { PodTally } from './pod_tally.ts'

/** A node as the scheduler sees it: with the pods that run there or were just sent there. */
export interface NodeInfo {
  readonly node: Node
  readonly tally: PodTally
}

/** What filters and scores may look at. */
export interface SchedulingContext {
  readonly pod: Pod
  readonly nodes: readonly NodeInfo[]
  readonly namespaces: (name: string) => Namespace | undefined
  readonly claims: PodClaims
  readonly volumes: readonly PersistentVolume[]
}

/**
 * Why a node is out of the question. `final`: it would be so even without the other pods, so that
 * taking the place of one of them would not help.
 */
export interface Rejection {
  readonly reasons: readonly string[]
  readonly final: boolean
}

/** Whether a node will do for the pod: undefined if it does. Pure. */
export type Filter = (context: SchedulingContext, info: NodeInfo) => Rejection | undefined

/** How good a node is: raw points, brought to 0–100 over all nodes by `scale`, then weighted. Pure. */
export interface Score {
  readonly name: string
  readonly weight: number
  readonly points: (context: SchedulingContext, info: NodeInfo) => number
  readonly scale: 'none' | 'most' | 'least' | 'range'
}

export const rejectFinally = (...reasons: string[]): Rejection => ({ reasons, final: true })
export const reject = (...reasons: string[]): Rejection => ({ reasons, final: false })
