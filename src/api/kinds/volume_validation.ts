import { type FieldError, forbidden, invalid, notSupported, required, SpelledValue } from '../field_error.ts'
import type { PersistentVolume } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { goDifference } from '../validation/go_names.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { accessModeErrors, quantityErrors, storageErrors, VOLUME_MODES } from './claim_validation.ts'
import { nodeSelectorErrors } from './pod_validation_affinity.ts'
import { hostPathErrors, nfsErrors } from './pod_validation_volumes.ts'

const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain']

/** The sources in the order in which upstream looks for them. */
const SOURCES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const

type Spec = PersistentVolume['spec']

/** What is wrong with a piece of storage. */
export function volumeErrors({ spec }: PersistentVolume): FieldError[] {
  return [
    ...modeErrors(spec),
    ...capacityErrors(spec.capacity),
    ...choice(spec.persistentVolumeReclaimPolicy, RECLAIM_POLICIES, 'spec.persistentVolumeReclaimPolicy'),
    ...affinityErrors(spec),
    ...sourceErrors(spec),
    ...recycleErrors(spec),
    ...nameErrors(spec.storageClassName, 'spec.storageClassName'),
    ...choice(spec.volumeMode, VOLUME_MODES, 'spec.volumeMode'),
  ]
}

const choice = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  !value || known.includes(value) ? [] : [notSupported(field, value, known)]

const nameErrors = (name: string | undefined, field: string): FieldError[] =>
  name ? dnsSubdomain(name).map((fault) => invalid(field, name, fault)) : []

function modeErrors({ accessModes }: Spec): FieldError[] {
  const field = 'spec.accessModes'
  return [...((accessModes ?? []).length === 0 ? [required(field)] : []), ...accessModeErrors(accessModes ?? [], field)]
}

/** Only storage may be promised. */
function capacityErrors(capacity: Spec['capacity']): FieldError[] {
  const amounts = Object.entries(capacity ?? {})
  const onlyStorage = capacity?.['storage'] !== undefined && amounts.length === 1
  const value = capacity === undefined || capacity === null ? new SpelledValue('null') : capacity
  return [
    ...(amounts.length === 0 ? [required('spec.capacity')] : []),
    ...(onlyStorage ? [] : [notSupported('spec.capacity', value, ['storage'])]),
    ...amounts.flatMap(([name, amount]) => [
      ...quantityErrors(amount, `spec.capacity[${name}]`),
      ...storageErrors(amount, `spec.capacity[${name}]`),
    ]),
  ]
}

function affinityErrors({ nodeAffinity }: Spec): FieldError[] {
  if (nodeAffinity === undefined) return []
  const field = 'spec.nodeAffinity.required'
  if (nodeAffinity.required === undefined) return [required(field, 'must specify required node constraints')]
  return nodeSelectorErrors(nodeAffinity.required, field)
}

function sourceErrors(spec: Spec): FieldError[] {
  const [first, ...others] = SOURCES.filter((source) => spec[source] !== undefined)
  if (first === undefined) return [required('spec', 'must specify a volume type')]
  return [
    ...checkSource(spec, first),
    ...others.map((source) => forbidden(`spec.${source}`, 'may not specify more than 1 volume type')),
  ]
}

function checkSource(spec: Spec, source: (typeof SOURCES)[number]): FieldError[] {
  if (source === 'hostPath') return hostPathErrors(spec.hostPath?.path ?? '', spec.hostPath?.type, 'spec.hostPath')
  if (source === 'nfs') return nfsErrors(spec.nfs?.server ?? '', spec.nfs?.path ?? '', 'spec.nfs')
  if (source === 'csi') {
    return [
      ...(spec.csi?.driver ? [] : [required('spec.csi.driver')]),
      ...(spec.csi?.volumeHandle ? [] : [required('spec.csi.volumeHandle')]),
    ]
  }
  if (source !== 'local') return []
  return [
    ...(spec.local?.path ? [] : [required('spec.local.path')]),
    ...(spec.nodeAffinity ? [] : [required('spec.nodeAffinity', 'Local volume requires node affinity')]),
  ]
}

function recycleErrors(spec: Spec): FieldError[] {
  const root = spec.hostPath?.path !== undefined && /^\/+$/.test(spec.hostPath.path)
  if (!root || spec.persistentVolumeReclaimPolicy !== 'Recycle') return []
  return [forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'")]
}

/** What is wrong with a change: where the storage is may not change, nor its mode. */
export function volumeUpdateErrors(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  const [after, before] = [sourceOf(volume.spec), sourceOf(old.spec)]
  const detail = 'spec.persistentvolumesource is immutable after creation'
  const difference = goDifference('core.PersistentVolumeSource', before, after)
  return [
    ...volumeErrors(volume),
    ...(equal(after, before) ? [] : [forbidden('spec.persistentvolumesource', `${detail}\n${difference}`)]),
    ...immutableErrors(volume.spec.volumeMode, old.spec.volumeMode, 'volumeMode'),
    ...(old.spec.nodeAffinity === undefined
      ? []
      : immutableErrors(volume.spec.nodeAffinity, old.spec.nodeAffinity, 'spec.nodeAffinity')),
  ]
}

function sourceOf(spec: Spec): object {
  return Object.fromEntries(
    SOURCES.filter((source) => spec[source] !== undefined).map((source) => [source, spec[source]]),
  )
}
