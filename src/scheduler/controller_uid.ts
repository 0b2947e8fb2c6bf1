import type { Pod } from '../api/types.ts'

/** Who made the pod and keeps it as it should be. */
export const controllerUidOf = (pod: Pod): string | undefined =>
  (pod.metadata.ownerReferences ?? []).find((reference) => reference.controller === true)?.uid
