import type { Score } from '../framework.ts'
import { usedFractions } from './least_allocated.ts'

/** Prefers nodes whose CPU and memory would be taken evenly. */
export const balancedAllocation: Score = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  scale: 'none',
  points: ({ pod }, info) => {
    const [cpu, memory] = usedFractions(pod, info).map((used) => Math.min(1, used))
    return cpu === undefined || memory === undefined ? 0 : (1 - Math.abs(cpu - memory) / 2) * 100
  },
}
