import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import { compareQuantities, nanosOf } from '../quantity.ts'
import type { PersistentVolumeClaim, Wire } from '../types.ts'
import { formedIfSet, present } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { goDifference, goSame } from '../validation/go_names.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsLabel, dnsSubdomain } from '../validation/names.ts'
import { labelSelectorErrors } from '../validation/selectors.ts'

export type ClaimSpec = Wire<k8s.V1PersistentVolumeClaimSpec>

/** The class of old clients, who had no field for it. */
export const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const VOLUME_MODES = ['Block', 'Filesystem']
const SPEC_IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** What is wrong with the spec of a claim, of its own or in a template. */
export function claimSpecErrors(spec: ClaimSpec, at: string): FieldError[] {
  const modes = spec.accessModes ?? []
  const storage = spec.resources?.requests?.['storage']
  return [
    ...(modes.length === 0 ? [required(`${at}.accessModes`, 'at least 1 access mode is required')] : []),
    ...labelSelectorErrors(spec.selector, `${at}.selector`),
    ...accessModeErrors(modes, `${at}.accessModes`),
    ...(storage === undefined
      ? [required(`${at}.resources[storage]`)]
      : storageErrors(storage, `${at}.resources[storage]`)),
    ...formedIfSet(spec.storageClassName, dnsSubdomain, `${at}.storageClassName`),
    ...(spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)
      ? [notSupported(`${at}.volumeMode`, spec.volumeMode, VOLUME_MODES)]
      : []),
    ...dataSourceErrors(spec, at),
    ...formedIfSet(spec.volumeAttributesClassName, dnsSubdomain, `${at}.volumeAttributesClassName`),
  ]
}

export function accessModeErrors(modes: readonly string[], field: string): FieldError[] {
  const alone =
    modes.includes('ReadWriteOncePod') &&
    modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode))
  return [
    ...modes.flatMap((mode) => (ACCESS_MODES.includes(mode) ? [] : [notSupported(field, mode, ACCESS_MODES)])),
    ...(alone ? [forbidden(field, 'may not use ReadWriteOncePod with other access modes')] : []),
  ]
}

export const storageErrors = (storage: string, field: string): FieldError[] =>
  nanosOf(storage) <= 0n ? [invalid(field, storage, 'must be greater than zero')] : []

interface DataReference {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
}

function dataSourceErrors(spec: ClaimSpec, at: string): FieldError[] {
  const { dataSource, dataSourceRef } = spec
  const namespace = dataSourceRef?.namespace
  return [
    ...dataReferenceErrors(dataSource, `${at}.dataSource`),
    ...dataReferenceErrors(dataSourceRef, `${at}.dataSourceRef`),
    ...formedIfSet(namespace, dnsLabel, `${at}.dataSourceRef.namespace`),
    ...disagreeing(spec, at),
  ]
}

function dataReferenceErrors(reference: DataReference | undefined, at: string): FieldError[] {
  if (reference === undefined) return []
  const { apiGroup, kind } = reference
  return [
    ...present(reference.name, `${at}.name`),
    ...present(kind, `${at}.kind`),
    ...(apiGroup || kind === 'PersistentVolumeClaim'
      ? []
      : [invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup")]),
    ...formedIfSet(apiGroup, dnsSubdomain, `${at}.apiGroup`),
  ]
}

/** Two fields for one source: upstream's fault shows the other field where a value is expected, so it is empty. */
function disagreeing({ dataSource, dataSourceRef }: ClaimSpec, at: string): FieldError[] {
  if (dataSource === undefined || dataSourceRef === undefined) return []
  if (dataSourceRef.namespace) {
    return [invalid(at, {}, 'may not be specified when dataSourceRef.namespace is specified')]
  }
  const plain = ({ apiGroup, kind, name }: DataReference) => ({ apiGroup, kind, name })
  return equal(plain(dataSource), plain(dataSourceRef)) ? [] : [invalid(at, {}, 'must match dataSourceRef')]
}

/** What is wrong with a change of a claim: only a bound one may grow, and be bound once. */
export function claimUpdateErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  return [
    ...claimSpecErrors(claim.spec, 'spec').filter(({ field }) => !OF_GROUP.test(field) || !namesGroup(old.spec)),
    ...changedAnnotationErrors(claim, old),
    ...changedSpecErrors(claim, old),
    ...shrinkErrors(claim, old),
    ...immutableErrors(claim.spec.volumeMode, old.spec.volumeMode, 'volumeMode'),
  ]
}

const OF_GROUP = /^spec\.dataSource(Ref)?\.apiGroup$/
/** Where a group was named already, its form is not looked at again. */
const namesGroup = ({ dataSource, dataSourceRef }: ClaimSpec): boolean =>
  dataSource?.apiGroup !== undefined || dataSourceRef?.apiGroup !== undefined

/** The class that an annotation names may only move to the field that came after it. */
function changedAnnotationErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const classOf = (one: PersistentVolumeClaim): string => one.metadata.annotations?.[CLASS_ANNOTATION] ?? ''
  const [after, before] = [classOf(claim), classOf(old)]
  if (after === before || movesToField(claim.spec, old.spec, before)) return []
  return [invalid(`metadata.annotations.${CLASS_ANNOTATION}`, after, 'field is immutable')]
}

const movesToField = (spec: ClaimSpec, old: ClaimSpec, annotated: string): boolean =>
  annotated !== '' && old.storageClassName === undefined && spec.storageClassName === annotated

function changedSpecErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const before = withAllowedChanges(old.spec, claim.spec, old.metadata.annotations?.[CLASS_ANNOTATION])
  const after = withOldSizeWhenBound(claim, old)
  if (goSame('core.PersistentVolumeClaimSpec', after, before)) return []
  return [forbidden('spec', `${SPEC_IMMUTABLE}\n${goDifference('core.PersistentVolumeClaimSpec', before, after)}`)]
}

/** A claim may be given a volume once, and a class when it had none. */
const withAllowedChanges = (old: ClaimSpec, spec: ClaimSpec, annotated: string | undefined): ClaimSpec => ({
  ...old,
  ...(old.volumeName ? {} : spec.volumeName ? { volumeName: spec.volumeName } : {}),
  ...(old.storageClassName === undefined &&
  spec.storageClassName !== undefined &&
  (annotated === undefined || annotated === spec.storageClassName)
    ? { storageClassName: spec.storageClassName }
    : {}),
})

function withOldSizeWhenBound(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): ClaimSpec {
  const { spec } = claim
  const storage = old.spec.resources?.requests?.['storage']
  if (claim.status?.phase !== 'Bound' || storage === undefined) return spec
  const { volumeAttributesClassName: oldClass } = old.spec
  const kept: ClaimSpec = {
    ...spec,
    resources: { ...spec.resources, requests: { ...spec.resources?.requests, storage } },
  }
  if (spec.volumeAttributesClassName === undefined) return kept
  const { volumeAttributesClassName: _changed, ...rest } = kept
  return oldClass === undefined ? rest : { ...rest, volumeAttributesClassName: oldClass }
}

function shrinkErrors(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const size = claim.spec.resources?.requests?.['storage']
  const shrinks = compareQuantities(size, old.spec.resources?.requests?.['storage']) < 0
  if (!shrinks || compareQuantities(size, old.status?.capacity?.['storage']) > 0) return []
  return [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
}

/** What is wrong with the status of a claim. */
export function claimStatusErrors(claim: PersistentVolumeClaim): FieldError[] {
  const capacity = Object.entries(claim.status?.capacity ?? {})
  return capacity.flatMap(([name, amount]) => quantityErrors(amount, `status.capacity[${name}]`))
}

/** Upstream prints the number here, not the text. */
export const quantityErrors = (amount: string, field: string): FieldError[] =>
  nanosOf(amount) < 0n
    ? [invalid(field, Number(nanosOf(amount) / 1_000_000_000n), 'must be a valid resource quantity')]
    : []
