import { type FieldError, invalid } from '../field_error.ts'
import type { KindRules, MutableObject, SubresourceRules } from '../kind_rules.ts'
import { NAMESPACES } from '../resources.ts'
import type { Namespace } from '../types.ts'
import { finalizerNameErrors } from '../validation/metadata.ts'
import { keepSpec, part } from './draft.ts'
import { ageOf } from './durations.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'
const FINALIZER = 'kubernetes'

function defaults(draft: MutableObject): void {
  if (draft.metadata['name']) part(draft.metadata, 'labels')[NAME_LABEL] = draft.metadata['name']
  part(draft, 'spec')
  part(draft, 'status').phase ??= 'Active'
}

/** The finalizer keeps a namespace until everything in it is gone. */
function prepareCreate(draft: MutableObject): void {
  const finalizers: string[] = (part(draft, 'spec').finalizers ??= [])
  if (!finalizers.includes(FINALIZER)) finalizers.push(FINALIZER)
  draft['status'] = { phase: 'Active' }
  if (draft.metadata['name']) part(draft.metadata, 'labels')[NAME_LABEL] = draft.metadata['name']
}

function prepareUpdate(draft: MutableObject, old: Namespace): void {
  part(draft, 'spec').finalizers = structuredClone(old.spec?.finalizers)
  draft['status'] = structuredClone(old.status)
}

/** The phase follows the deletion, nothing else. */
function validateStatus({ metadata, status }: Namespace): FieldError[] {
  const ending = metadata.deletionTimestamp !== undefined
  const phase = status?.phase ?? ''
  if (phase === (ending ? 'Terminating' : 'Active')) return []
  const detail = ending
    ? "may only be 'Terminating' if `deletionTimestamp` is not empty"
    : "may only be 'Active' if `deletionTimestamp` is empty"
  return [invalid('status.Phase', phase, detail)]
}

/** `/finalize`: the namespace's own finalizers, and what any write may change; the last of them lets an ending namespace go. */
const finalizeRules: SubresourceRules<Namespace> = {
  prepareUpdate(draft, old) {
    draft['status'] = structuredClone(old.status)
  },
  validateUpdate: ({ spec }) =>
    (spec?.finalizers ?? []).flatMap((name, index) => finalizerNameErrors(name, `spec.finalizers[${index}]`)),
}

const noFurtherRules = (): FieldError[] => []

/** Namespaces. */
export const namespaceRules: KindRules<Namespace> = {
  resource: NAMESPACES,
  generation: 'none',
  nameForm: 'dns-label',
  deleteAnswersObject: true,
  defaults,
  prepareCreate,
  prepareUpdate,
  prepareStatusUpdate: keepSpec,
  subresources: { finalize: finalizeRules },
  validateCreate: ({ spec }) =>
    (spec?.finalizers ?? []).flatMap((finalizer) => finalizerNameErrors(finalizer, 'spec.finalizers')),
  validateUpdate: noFurtherRules,
  validateStatusUpdate: validateStatus,
  selectableFields: (namespace) => ({ 'status.phase': namespace.status?.phase ?? '' }),
  cells: ({ metadata, status }, now) => [metadata.name, status?.phase ?? '', ageOf(metadata.creationTimestamp, now)],
}
