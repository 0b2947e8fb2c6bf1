import type { Verb } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import { METRICS_GROUP } from '../api/usage_metrics.ts'
import { REVIEWS } from './access/reviews.ts'
import { getComponentStatus, listComponentStatuses } from './component_statuses.ts'
import type { Handler } from './dispatch.ts'
import { getUsage, listUsage } from './metrics/answers.ts'
import { bindNamedPod } from './subresources/binding.ts'

/**
 * Resources that nobody stores: reviews answer at once and are forgotten, a binding becomes a part of its pod, use is measured,
 * the parts of the control plane are as well as whoever tells of them.
 */
export function virtualHandler({ ref }: ResourceFacts, verb: Verb): Handler | undefined {
  if (ref.group === METRICS_GROUP) return verb === 'get' ? getUsage : listUsage
  if (ref.resource === 'componentstatuses') return verb === 'get' ? getComponentStatus : listComponentStatuses
  if (verb !== 'create') return undefined
  if (ref.group === '' && ref.resource === 'bindings') return bindNamedPod
  const isReviewGroup = ref.group === 'authorization.k8s.io' || ref.group === 'authentication.k8s.io'
  return isReviewGroup ? REVIEWS[ref.resource] : undefined
}
