import { type FieldError, forbidden, invalid, notSupported, required, sortedMap } from '../field_error.ts'
import type { PersistentVolume } from '../types.ts'
import { formedIfSet, oneOf, present, requiredFormed } from '../validation/checks.ts'
import { goDifference, goNamed, goSame } from '../validation/go_names.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsLabel, dnsSubdomain } from '../validation/names.ts'
import { accessModeErrors, quantityErrors, storageErrors, VOLUME_MODES } from './claim_validation.ts'
import { csiDriverNameErrors } from './csi_driver_name.ts'
import { nodeSelectorErrors } from './pod/pod_validation_affinity.ts'
import { backstepErrors } from './pod/pod_validation_mounts.ts'
import { hostPathErrors, nfsErrors } from './pod/pod_validation_volumes.ts'
import { REMOTE_SOURCES } from './volume_source_validation.ts'

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
export const volumeErrors = (volume: PersistentVolume): FieldError[] => [
  ...modeErrors(volume.spec, 'spec'),
  ...capacityErrors(volume.spec.capacity),
  ...oneOf(
    volume.spec.persistentVolumeReclaimPolicy || undefined,
    RECLAIM_POLICIES,
    'spec.persistentVolumeReclaimPolicy',
  ),
  ...affinityErrors(volume.spec),
  ...sourceErrors(volume.spec, 'spec', volume.metadata.name),
  ...recycleErrors(volume.spec, 'spec'),
  ...formedIfSet(volume.spec.storageClassName, dnsSubdomain, 'spec.storageClassName'),
  ...oneOf(volume.spec.volumeMode, VOLUME_MODES, 'spec.volumeMode'),
  ...attributesClassErrors(volume.spec),
]

/** A volume that stands inside another object: it is described, and nobody may claim it. */
export function inlineVolumeErrors(spec: Spec, at: string): FieldError[] {
  const not = (field: keyof Spec, set: unknown): FieldError[] =>
    set ? [forbidden(`${at}.${field}`, 'may not be specified in the context of inline volumes')] : []
  const { persistentVolumeReclaimPolicy: policy, volumeMode } = spec
  return [
    ...not('claimRef', spec.claimRef),
    ...not('capacity', Object.keys(spec.capacity ?? {}).length > 0),
    ...(spec.csi ? [] : [required(`${at}.csi`, 'has to be specified in the context of inline volumes')]),
    ...modeErrors(spec, at),
    ...(policy && policy !== 'Retain'
      ? [forbidden(`${at}.persistentVolumeReclaimPolicy`, 'may only be Retain in the context of inline volumes')]
      : []),
    ...not('nodeAffinity', spec.nodeAffinity),
    ...sourceErrors(spec, at, ''),
    ...recycleErrors(spec, at),
    ...not('storageClassName', spec.storageClassName),
    ...(volumeMode !== undefined && volumeMode !== 'Filesystem'
      ? [
          forbidden(
            `${at}.volumeMode`,
            'may not specify volumeMode other than Filesystem in the context of inline volumes',
          ),
        ]
      : []),
  ]
}

function modeErrors({ accessModes }: Spec, at: string): FieldError[] {
  const field = `${at}.accessModes`
  return [...present(accessModes, field), ...accessModeErrors(accessModes ?? [], field)]
}

/** Only storage may be promised. */
function capacityErrors(capacity: Spec['capacity']): FieldError[] {
  const amounts = Object.entries(capacity ?? {})
  const onlyStorage = capacity?.['storage'] !== undefined && amounts.length === 1
  return [
    ...(amounts.length === 0 ? [required('spec.capacity')] : []),
    ...(onlyStorage ? [] : [notSupported('spec.capacity', sortedMap(capacity), ['storage'])]),
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
  return nodeSelectorErrors(nodeAffinity.required, field, { checkValues: true })
}

/** Upstream reports faults of some sources under another name than their field has. */
const NAME_OF_FAULTS: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' }
const NAME_OF_SURPLUS: Readonly<Record<string, string>> = { cephfs: 'cephFS' }

function sourceErrors(spec: Spec, at: string, name: string): FieldError[] {
  const [first, ...others] = SOURCES.filter((source) => spec[source] !== undefined)
  if (first === undefined) return [required(at, 'must specify a volume type')]
  return [
    ...checkSource(spec, first, `${at}.${NAME_OF_FAULTS[first] ?? first}`, at, name),
    ...others.flatMap((source) =>
      // A second source that is a flexVolume is checked like a first one.
      source === 'flexVolume'
        ? checkSource(spec, source, `${at}.${source}`, at, name)
        : [forbidden(`${at}.${NAME_OF_SURPLUS[source] ?? source}`, 'may not specify more than 1 volume type')],
    ),
  ]
}

function checkSource(
  spec: Spec,
  source: (typeof SOURCES)[number],
  at: string,
  specAt: string,
  name: string,
): FieldError[] {
  if (source === 'hostPath') return hostPathErrors(spec.hostPath?.path ?? '', spec.hostPath?.type, at)
  if (source === 'nfs') return nfsErrors(spec.nfs?.server ?? '', spec.nfs?.path ?? '', at)
  if (source === 'csi') return driverErrors(spec.csi, at)
  if (source !== 'local') return REMOTE_SOURCES[source]?.(spec, at, { persistent: true, name }) ?? []
  return [
    ...present(spec.local?.path, `${at}.path`),
    ...backstepErrors(spec.local?.path ?? '', `${at}.path`),
    ...(spec.nodeAffinity ? [] : [required(`${specAt}.nodeAffinity`, 'Local volume requires node affinity')]),
  ]
}

function driverErrors(csi: Spec['csi'], at: string): FieldError[] {
  const secrets = [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeExpandSecretRef',
  ] as const
  return [
    ...csiDriverNameErrors(csi?.driver ?? '', `${at}.driver`),
    ...present(csi?.volumeHandle, `${at}.volumeHandle`),
    ...secrets.flatMap((field) => {
      const secret = csi?.[field]
      if (secret === undefined) return []
      return [
        ...requiredFormed(secret.name, dnsSubdomain, `${at}.${field}.name`),
        ...requiredFormed(secret.namespace, dnsLabel, `${at}.${field}.namespace`),
      ]
    }),
  ]
}

function recycleErrors(spec: Spec, at: string): FieldError[] {
  const root = spec.hostPath?.path !== undefined && /^\/+$/.test(spec.hostPath.path)
  if (!root || spec.persistentVolumeReclaimPolicy !== 'Recycle') return []
  return [forbidden(`${at}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'")]
}

function attributesClassErrors({ volumeAttributesClassName: name, csi }: Spec): FieldError[] {
  if (name === undefined) return []
  const field = 'spec.volumeAttributesClassName'
  return [
    ...(name === '' ? [required(field, 'an empty string is disallowed')] : formedIfSet(name, dnsSubdomain, field)),
    ...(csi ? [] : [required('spec.csi', 'has to be specified when using volumeAttributesClassName')]),
  ]
}

/** What is wrong with a change: where the storage is may not change, nor its mode. */
export function volumeUpdateErrors(volume: PersistentVolume, old: PersistentVolume): FieldError[] {
  const [after, before] = [withoutAddedExpansion(sourceOf(volume.spec), old.spec), sourceOf(old.spec)]
  const detail = 'spec.persistentvolumesource is immutable after creation'
  const { volumeAttributesClassName: className } = volume.spec
  return [
    // Upstream checks a changed volume twice.
    ...volumeErrors(volume),
    ...volumeErrors(volume),
    ...(goSame('core.PersistentVolumeSource', before, after)
      ? []
      : [
          forbidden(
            'spec.persistentvolumesource',
            `${detail}\n${goDifference('core.PersistentVolumeSource', before, after)}`,
          ),
        ]),
    ...immutableErrors(volume.spec.volumeMode, old.spec.volumeMode, 'volumeMode'),
    ...(old.spec.nodeAffinity === undefined ? [] : affinityChangeErrors(volume.spec, old.spec)),
    ...(old.spec.volumeAttributesClassName !== undefined && className === undefined
      ? [forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden')]
      : []),
  ]
}

const affinityChangeErrors = (spec: Spec, old: Spec): FieldError[] => {
  if (goSame('*core.VolumeNodeAffinity', spec.nodeAffinity, old.nodeAffinity)) return []
  const detail = 'field is immutable, except for updating from beta label to GA'
  const shown = goNamed('*core.VolumeNodeAffinity', spec.nodeAffinity)
  return [invalid('nodeAffinity', shown, detail)]
}

/** The secret for growing a volume may be named later, once. */
function withoutAddedExpansion(source: Partial<Spec>, old: Spec): object {
  const { csi } = source
  if (csi === undefined || old.csi === undefined || old.csi.controllerExpandSecretRef !== undefined) return source
  const { controllerExpandSecretRef: _added, ...rest } = csi
  return { ...source, csi: rest }
}

function sourceOf(spec: Spec): Partial<Spec> {
  return Object.fromEntries(
    SOURCES.filter((source) => spec[source] !== undefined).map((source) => [source, spec[source]]),
  )
}
