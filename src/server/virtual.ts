import type { Verb } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { Handler } from './dispatch.ts'
import { REVIEWS } from './reviews.ts'

/** Resources that nobody stores: reviews answer at once and are forgotten. */
export function virtualHandler({ ref }: ResourceFacts, verb: Verb): Handler | undefined {
  const isReviewGroup = ref.group === 'authorization.k8s.io' || ref.group === 'authentication.k8s.io'
  return verb === 'create' && isReviewGroup ? REVIEWS[ref.resource] : undefined
}
