import type { KindRules } from '../kind_rules.ts'
import { SERVICE_ACCOUNTS } from '../resources.ts'
import type { ServiceAccount } from '../types.ts'
import { ageOf } from './durations.ts'

/** Names under which pods act. */
export const serviceAccountRules: KindRules<ServiceAccount> = {
  resource: SERVICE_ACCOUNTS,
  generation: 'none',
  deleteAnswersObject: true,
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
}
