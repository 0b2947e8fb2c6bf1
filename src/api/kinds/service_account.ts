import type { KindRules, MutableObject } from '../kind_rules.ts'
import { SERVICE_ACCOUNTS } from '../resources.ts'
import type { ServiceAccount } from '../types.ts'
import { items } from './draft.ts'
import { ageOf } from './durations.ts'

/** Of a reference to a secret only the name counts. */
function keepNamesOfSecrets(draft: MutableObject): void {
  if (!Array.isArray(draft['secrets'])) return
  draft['secrets'] = items(draft['secrets']).map(({ name }) => (name ? { name } : {}))
}

/** Names under which pods act. */
export const serviceAccountRules: KindRules<ServiceAccount> = {
  resource: SERVICE_ACCOUNTS,
  generation: 'none',
  deleteAnswersObject: true,
  prepareCreate: keepNamesOfSecrets,
  prepareUpdate: keepNamesOfSecrets,
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
}
