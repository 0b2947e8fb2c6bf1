import type { KubeObject } from '../../api/types.ts'

/** Tells users what happened to an object: core/v1 Events, repeats counted on one Event. */
export interface EventRecorder {
  /**
   * Never fails and is not awaited: an event that cannot be written is logged and forgotten. `fieldPath`
   * names the part of the object that it happened to: `spec.containers{web}`.
   */
  record(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void
}
