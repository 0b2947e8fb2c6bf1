import { type FieldError, required } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import { CONTROLLER_REVISIONS } from '../resources.ts'
import type { ControllerRevision, OwnerReference } from '../types.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { nonNegative } from '../validation/numbers.ts'
import { ageOf } from './durations.ts'

function validate(revision: ControllerRevision): FieldError[] {
  return [
    ...nonNegative(revision.revision, 'revision'),
    ...(revision.data === undefined || revision.data === null ? [required('data', 'data is mandatory')] : []),
  ]
}

const validateUpdate = (revision: ControllerRevision, old: ControllerRevision): FieldError[] => [
  ...nonNegative(revision.revision, 'revision'),
  ...immutableErrors(revision.data, old.data, 'data'),
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
