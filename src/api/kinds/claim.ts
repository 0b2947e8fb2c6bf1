import type { Millis } from '../../base/clock.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { CLAIMS } from '../resources.ts'
import type { PersistentVolumeClaim } from '../types.ts'
import { claimDefaults, mirrorDataSources } from './claim_defaults.ts'
import { CLASS_ANNOTATION, claimSpecErrors, claimStatusErrors, claimUpdateErrors } from './claim_validation.ts'
import { claimSpecWarnings } from './claim_warnings.ts'
import { keepSpec, part } from './draft.ts'
import { ageOf } from './durations.ts'

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

/** `RWO,ROX`: each mode once, in upstream's order. */
export const shortAccessModes = (modes: readonly string[] = []): string =>
  Object.entries(SHORT_MODES)
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',')

function cells(claim: PersistentVolumeClaim, now: Millis): Cell[] {
  const { metadata, spec, status } = claim
  const bound = Boolean(spec.volumeName)
  return [
    metadata.name,
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    spec.volumeName ?? '',
    bound ? (status?.capacity?.['storage'] ?? '0') : '',
    bound ? shortAccessModes(status?.accessModes) : '',
    metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? '',
    spec.volumeAttributesClassName ?? '<unset>',
    ageOf(metadata.creationTimestamp, now),
    spec.volumeMode ?? '<unset>',
  ]
}

function prepareUpdate(draft: MutableObject, old: PersistentVolumeClaim): void {
  draft['status'] = structuredClone(old.status)
  if (old.spec.dataSource === undefined && old.spec.dataSourceRef === undefined) mirrorDataSources(part(draft, 'spec'))
}

/** Claims for storage. */
export const claimRules: KindRules<PersistentVolumeClaim> = {
  resource: CLAIMS,
  deleteAnswersObject: true,
  generation: 'none',
  defaults: claimDefaults,
  prepareCreate: (draft) => {
    draft['status'] = { phase: 'Pending' }
    mirrorDataSources(part(draft, 'spec'))
  },
  prepareUpdate,
  prepareStatusUpdate: keepSpec,
  validateCreate: (claim) => claimSpecErrors(claim.spec, 'spec'),
  validateUpdate: claimUpdateErrors,
  validateStatusUpdate: claimStatusErrors,
  warnings: ({ metadata, spec }) => [
    ...(metadata.annotations?.[CLASS_ANNOTATION] === undefined
      ? []
      : [`metadata.annotations[${CLASS_ANNOTATION}]: deprecated since v1.8; use "storageClassName" attribute instead`]),
    ...claimSpecWarnings(spec, 'spec'),
  ],
  cells,
}
