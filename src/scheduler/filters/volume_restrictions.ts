import { type Filter, reject } from '../framework.ts'
import { claimNamesOf } from '../pod_claims.ts'

const REASON = 'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode'

/** A claim for a single pod is used by one pod at a time. */
export const volumeRestrictions: Filter = ({ pod, claims }, { tally }) => {
  const exclusive = claims.bound.filter(({ claim }) => (claim.spec.accessModes ?? []).includes('ReadWriteOncePod'))
  if (exclusive.length === 0) return undefined
  const neighbours = tally.pods().filter((other) => other.metadata.namespace === pod.metadata.namespace)
  const used = new Set(neighbours.flatMap(claimNamesOf))
  return exclusive.some(({ claim }) => used.has(claim.metadata.name)) ? reject(REASON) : undefined
}
