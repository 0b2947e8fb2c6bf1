import type { KindRules, MutableObject } from '../kind_rules.ts'
import { SERVICE_ACCOUNTS } from '../resources.ts'
import type { ServiceAccount } from '../types.ts'
import { items } from './draft.ts'
import { ageOf } from './durations.ts'

const MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets'

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
  warnings: ({ metadata }, old) =>
    MOUNTABLE in (metadata.annotations ?? {}) && !(MOUNTABLE in (old?.metadata.annotations ?? {}))
      ? [
          `metadata.annotations[${MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ]
      : [],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
}
