import type { Deployment } from '../../api/types.ts'
import { REVISION_HISTORY_CHARACTERS_MAX } from './limits.ts'
import { replicasOf, surgeOf } from './strategy.ts'

/** On Deployments and their sets: the number of the roll-out. */
export const REVISION = 'deployment.kubernetes.io/revision'
/** On sets: the numbers that they had before they were rolled back to. */
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
/** On sets: how many replicas the Deployment wanted when the set was last scaled, and how many it allowed. */
export const DESIRED = 'deployment.kubernetes.io/desired-replicas'
export const ALLOWED = 'deployment.kubernetes.io/max-replicas'

/** What a set does not take over from its Deployment. */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  ALLOWED,
])

type Annotations = Readonly<Record<string, string>>

/** A set's revision, a number of 64 bits; 0 if it has none. */
export const revisionOf = ({ metadata }: { readonly metadata: { readonly annotations?: Annotations } }): bigint =>
  parseRevision(metadata.annotations?.[REVISION])

const parseRevision = (text: string | undefined): bigint =>
  text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt.asIntN(64, BigInt(text.replace('+', ''))) : 0n

export const sizeAnnotations = (deployment: Deployment): Annotations => ({
  [DESIRED]: String(replicasOf(deployment)),
  [ALLOWED]: String(replicasOf(deployment) + surgeOf(deployment)),
})

/** What the newest set has to say: the Deployment's annotations and its own revision, with those that it had before. */
export function newestSetAnnotations(deployment: Deployment, old: Annotations = {}, revision: bigint): Annotations {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !OWN.has(name))
  const before = old[REVISION]
  const merged = { ...old, ...Object.fromEntries(copied) }
  if (before !== undefined && parseRevision(before) >= revision) return merged
  const history = before === undefined ? {} : { [REVISION_HISTORY]: joinedHistory(old[REVISION_HISTORY], before) }
  return { ...merged, [REVISION]: String(revision), ...history }
}

/** The oldest go when there are too many. */
function joinedHistory(history: string | undefined, revision: string): string {
  const numbers = history ? [...history.split(','), revision] : [revision]
  while (numbers.length > 1 && numbers.join(',').length > REVISION_HISTORY_CHARACTERS_MAX) numbers.shift()
  return numbers.join(',')
}
