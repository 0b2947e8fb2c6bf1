import { type FieldError, invalid } from '../field_error.ts'
import type { KubeObject } from '../types.ts'
import { nonNegative } from '../validation/numbers.ts'
import type { Loose } from './draft.ts'

type WithStatus = KubeObject & { readonly status?: unknown }

const countOf = (status: Loose, name: string): number => status[name] ?? 0

const countErrors = (status: Loose, names: readonly string[]): FieldError[] =>
  names.flatMap((name) => nonNegative(status[name], `status.${name}`))

/** Counts in a status are not below zero. */
export const countsOf =
  (names: readonly string[]) =>
  ({ status }: WithStatus): FieldError[] =>
    countErrors((status ?? {}) as Loose, names)

/** The same of replicas, of which no kind is more than all, and none is available that is not ready. */
export const replicaCountsOf =
  (names: readonly string[], parts: readonly string[]) =>
  (object: WithStatus): FieldError[] => {
    const status = (object.status ?? {}) as Loose
    const available = countOf(status, 'availableReplicas')
    const field = 'status.availableReplicas'
    return [
      ...countErrors(status, names),
      ...parts.flatMap((name) => {
        const count = countOf(status, name)
        const fault = 'cannot be greater than status.replicas'
        return count > countOf(status, 'replicas') ? [invalid(`status.${name}`, count, fault)] : []
      }),
      ...(available > countOf(status, 'readyReplicas')
        ? [invalid(field, available, 'cannot be greater than readyReplicas')]
        : []),
    ]
  }

/** What replica sets and replication controllers count. */
export const replicaSetStatusErrors = replicaCountsOf(
  [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
    'terminatingReplicas',
  ],
  ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
)
