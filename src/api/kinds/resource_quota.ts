import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { isStandardResource, resourceAmountErrors, resourceNameErrors } from '../validation/resource_names.ts'
import { keepSpec, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'
import { quotaScopeErrors, type ScopedQuota } from './resource_quota_scopes.ts'

type ResourceQuota = StoredWithSpec<k8s.V1ResourceQuota>
type Amounts = Readonly<Record<string, string>>

const sorted = (amounts: Amounts | undefined): [string, string][] =>
  Object.entries(amounts ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

function quotaNameErrors(name: string, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field)
  if (name.includes('/') || isStandardResource(name) || name.startsWith('count/')) return errors
  return [...errors, invalid(field, name, 'must be a standard resource for quota')]
}

const amountErrors = (amounts: Amounts | undefined, at: string): FieldError[] =>
  sorted(amounts).flatMap(([name, amount]) => [
    ...quotaNameErrors(name, `${at}[${name}]`),
    ...resourceAmountErrors(name, amount, `${at}[${name}]`),
  ])

const asSet = (scopes: readonly string[] | undefined): string[] => [...new Set(scopes)].sort()

/** `pods: 1/2, requests.cpu: 500m/1`; limits stand in a column of their own. */
function usageCell({ status }: ResourceQuota, ofLimits: boolean): string {
  return sorted(status?.hard)
    .filter(([name]) => name.startsWith('limits') === ofLimits)
    .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
    .join(', ')
}

/** How much a namespace may use. */
export const resourceQuotaRules: KindRules<ResourceQuota> = {
  resource: namespacedRef('v1', 'resourcequotas', 'ResourceQuota'),
  deleteAnswersObject: true,
  generation: 'none',
  defaults: (draft) => part(draft, 'spec'),
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: keepStatus,
  prepareStatusUpdate: keepSpec,
  validateCreate: ({ spec }) => [...amountErrors(spec.hard, 'spec.hard'), ...quotaScopeErrors(spec as ScopedQuota)],
  validateUpdate: ({ spec }, old) => [
    ...amountErrors(spec.hard, 'spec.hard'),
    ...quotaScopeErrors(spec as ScopedQuota),
    ...immutableErrors(asSet(spec.scopes), asSet(old.spec.scopes), 'spec.scopes').map(() =>
      invalid('spec.scopes', spec.scopes, 'field is immutable'),
    ),
  ],
  validateStatusUpdate: ({ status }) => [
    ...amountErrors(status?.hard, 'status.hard'),
    ...amountErrors(status?.used, 'status.used'),
  ],
  cells: (quota, now) => [
    quota.metadata.name,
    usageCell(quota, false),
    usageCell(quota, true),
    ageOf(quota.metadata.creationTimestamp, now),
  ],
}
