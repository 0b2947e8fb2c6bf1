import type { ScalingRules } from './autoscaler.ts'
import type { ScalableView } from './decide.ts'
import { DOWN_STABILIZATION_MS } from './limits.ts'
import type { Recommendation } from './memory.ts'
import { type Bounded, boundedByDefault, boundedByPolicies } from './rate_limits.ts'
import { DEFAULT_WINDOWS, remembered, type Stabilized, stabilized, stabilizedByDefault } from './stabilization.ts'

/** A wish after stabilisation, and then after the bounds and the pace that are allowed. */
export interface Normalized {
  readonly stabilized: Stabilized
  readonly bounded: Bounded
  readonly recommendations: readonly Recommendation[]
}

/** What becomes of a wish. */
export function normalized(wanted: number, view: ScalableView): Normalized {
  const { autoscaler, target, memory, now } = view
  const { behavior, maxReplicas, minReplicas = 1 } = autoscaler.spec
  const step = { replicas: target.replicas, min: minReplicas, max: maxReplicas }
  const { recommendations } = memory
  const newest = { replicas: wanted, at: now }
  if (behavior === undefined) {
    const held = stabilizedByDefault(wanted, { recommendations, now })
    return {
      stabilized: held,
      bounded: boundedByDefault(held.replicas, step),
      recommendations: remembered(recommendations, newest, DEFAULT_WINDOWS),
    }
  }
  const { scaleUp = {}, scaleDown = {} } = behavior
  const windows = { upMs: windowMs(scaleUp, 0), downMs: windowMs(scaleDown, DOWN_STABILIZATION_MS) }
  const held = stabilized(wanted, target.replicas, { recommendations, windows, now })
  return {
    stabilized: held,
    bounded: boundedByPolicies(held.replicas, step, { up: scaleUp, down: scaleDown, memory, now }),
    recommendations: remembered(recommendations, newest, windows),
  }
}

const windowMs = ({ stabilizationWindowSeconds }: ScalingRules, otherwise: number): number =>
  stabilizationWindowSeconds === undefined ? otherwise : stabilizationWindowSeconds * 1000
