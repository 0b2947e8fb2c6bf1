import { type FieldError, invalid, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { CONTROLLER_REVISIONS } from '../resources.ts'
import type { ControllerRevision, OwnerReference } from '../types.ts'
import { nonNegative } from '../validation/numbers.ts'
import { ageOf } from './durations.ts'

function validate(revision: ControllerRevision): FieldError[] {
  return [...nonNegative(revision.revision, 'revision'), ...dataErrors(revision.data)]
}

function dataErrors(data: unknown): FieldError[] {
  if (data === undefined || data === null) return [required('data', 'data is mandatory')]
  return typeof data === 'object' && !Array.isArray(data) ? [] : [required('data', 'data must be a valid JSON object')]
}

const validateUpdate = (revision: ControllerRevision, old: ControllerRevision): FieldError[] => [
  ...nonNegative(revision.revision, 'revision'),
  // Kept as it was sent: nothing is not the same as an empty object.
  ...(JSON.stringify(revision.data ?? null) === JSON.stringify(old.data ?? null)
    ? []
    : [invalid('data', revision.data, 'field is immutable')]),
]

/** `statefulset.apps/web` */
function controllerCell(owners: readonly OwnerReference[] = []): string {
  const owner = owners.find((one) => one.controller === true)
  if (owner === undefined) return '<none>'
  const slash = owner.apiVersion.indexOf('/')
  const group = slash < 0 ? '' : `.${owner.apiVersion.slice(0, slash)}`
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

/** What a workload's template was. */
export const controllerRevisionRules: KindRules<ControllerRevision> = {
  resource: CONTROLLER_REVISIONS,
  generation: 'none',
  validateCreate: validate,
  validateUpdate,
  cells: ({ metadata, revision }, now) => [
    metadata.name,
    controllerCell(metadata.ownerReferences),
    revision,
    ageOf(metadata.creationTimestamp, now),
  ],
}
