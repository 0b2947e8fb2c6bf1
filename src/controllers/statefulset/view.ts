import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'

export type ClaimLookup = (name: string) => PersistentVolumeClaim | undefined

/** What a decision about one set may know: objects as the caches show them, and the time. */
export interface View {
  readonly now: Millis
  readonly set: StatefulSet
  /** The pods that the set controls, and those of its namespace that nobody controls. */
  readonly pods: readonly Pod[]
  /** The revisions that the set controls, and those that match its selector and nobody controls. */
  readonly revisions: readonly ControllerRevision[]
  /** Any revision of the namespace: names may be taken by others. */
  readonly revisionNamed: (name: string) => ControllerRevision | undefined
  /** Any claim of the namespace. */
  readonly claimNamed: ClaimLookup
  /** Whether `maxUnavailable` counts: the gate MaxUnavailableStatefulSet. */
  readonly maxUnavailableEnabled: boolean
}
