import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Cell, KindRules, MutableObject, RuleContext } from '../kind_rules.ts'
import { VOLUMES } from '../resources.ts'
import type { PersistentVolume } from '../types.ts'
import { shortAccessModes } from './claim.ts'
import { CLASS_ANNOTATION } from './claim_validation.ts'
import { fill, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { driverDefaults } from './volume_defaults.ts'
import { volumeErrors, volumeUpdateErrors } from './volume_validation.ts'
import { volumeWarnings } from './volume_warnings.ts'

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  fill(spec, 'persistentVolumeReclaimPolicy', 'Retain')
  spec.volumeMode ??= 'Filesystem'
  if (spec.hostPath) spec.hostPath.type ??= ''
  if (spec.iscsi) fill(spec.iscsi, 'iscsiInterface', 'default')
  driverDefaults(spec)
  fill(part(draft, 'status'), 'phase', 'Pending')
}

function prepareCreate(draft: MutableObject, context: RuleContext): void {
  draft['status'] = { phase: 'Pending', lastPhaseTransitionTime: toRfc3339(context.now) }
}

/** The moment of the last change of phase is the server's to note. */
function prepareStatusUpdate(draft: MutableObject, old: PersistentVolume, context: RuleContext): void {
  draft['spec'] = structuredClone(old.spec)
  const status = part(draft, 'status')
  if (status.phase !== old.status?.phase) status.lastPhaseTransitionTime = toRfc3339(context.now)
  else status.lastPhaseTransitionTime ??= old.status?.lastPhaseTransitionTime
}

function cells(volume: PersistentVolume, now: Millis): Cell[] {
  const { metadata, spec, status } = volume
  const { claimRef } = spec
  return [
    metadata.name,
    spec.capacity?.['storage'] ?? '0',
    shortAccessModes(spec.accessModes),
    spec.persistentVolumeReclaimPolicy ?? '',
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '',
    metadata.annotations?.[CLASS_ANNOTATION] ?? spec.storageClassName ?? '',
    spec.volumeAttributesClassName ?? '<unset>',
    status?.reason ?? '',
    ageOf(metadata.creationTimestamp, now),
    spec.volumeMode ?? '<unset>',
  ]
}

/** Pieces of storage. */
export const volumeRules: KindRules<PersistentVolume> = {
  resource: VOLUMES,
  deleteAnswersObject: true,
  generation: 'none',
  defaults,
  prepareCreate,
  prepareUpdate: keepStatus,
  prepareStatusUpdate,
  validateCreate: volumeErrors,
  validateUpdate: volumeUpdateErrors,
  warnings: volumeWarnings,
  cells,
}
