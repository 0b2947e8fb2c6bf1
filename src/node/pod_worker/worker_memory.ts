import type { Millis } from '../../base/clock.ts'
import type { SparseMap, SparseSet } from '../../base/sparse.ts'
import type { BackOff } from './back_off.ts'
import type { Failure, OperationKey } from './view.ts'

/** What a worker remembers between two decisions, of most pods nothing; everything else is looked up anew. */
export interface WorkerMemory {
  readonly failures: SparseMap<OperationKey, Failure>
  readonly failureCounts: SparseMap<OperationKey, number>
  readonly backOffs: SparseMap<string, BackOff>
  readonly hooksPending: SparseSet<string>
  readonly inFlight: SparseSet<OperationKey>
  readonly stopping: SparseMap<string, Millis>
  readonly terminationMessages: SparseMap<string, string>
}
