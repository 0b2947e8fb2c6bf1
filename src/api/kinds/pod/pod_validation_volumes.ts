import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../../field_error.ts'
import { nanosOf } from '../../quantity.ts'
import type { Volume } from '../../types.ts'
import { oneOf, present } from '../../validation/checks.ts'
import { dnsLabel, dnsSubdomain } from '../../validation/names.ts'
import { csiDriverNameErrors } from '../csi_driver_name.ts'
import { REMOTE_SOURCES } from '../volume_source_validation.ts'
import { claimTemplateErrors } from './pod_validation_ephemeral.ts'
import { downwardFilesErrors, keyFilesErrors } from './pod_validation_files.ts'
import { backstepErrors, descendingPathErrors } from './pod_validation_mounts.ts'
import { projectedErrors } from './pod_validation_projected.ts'

const HOST_PATH_TYPES = [
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
  '',
]

/** The sources in the order in which upstream looks for them; the first is the volume's, any other one too many. */
const SOURCES = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const

type Source = (typeof SOURCES)[number]

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']

/** Upstream reports faults of some sources under another name than their field has. */
const NAME_OF_FAULTS: Partial<Record<Source, string>> = { gcePersistentDisk: 'persistentDisk' }
const NAME_OF_SURPLUS: Partial<Record<Source, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

/** What the checks of volumes need to know besides. */
export interface VolumeContext {
  /** The pod's own name; a template has none. */
  readonly podName?: string | undefined
  readonly isPod?: boolean
}

/** What is wrong with a pod's volumes, and the names of those that containers may mount. */
export function volumesErrors(
  volumes: readonly Volume[],
  field: string,
  context: VolumeContext = {},
): { errors: FieldError[]; names: Map<string, Volume> } {
  const names = new Map<string, Volume>()
  const errors = volumes.flatMap((volume, index) => {
    const at = `${field}[${index}]`
    const faults = [...sourceErrors(volume, at, context), ...volumeNameErrors(volume.name, names, `${at}.name`)]
    if (faults.length === 0) names.set(volume.name, volume)
    return [...faults, ...claimTakenErrors(volume, volumes, `${at}.persistentVolumeClaim`, context)]
  })
  return { errors, names }
}

/** A claim that an ephemeral volume of the same pod makes belongs to that volume alone. */
function claimTakenErrors(
  { persistentVolumeClaim }: Volume,
  volumes: readonly Volume[],
  field: string,
  { podName }: VolumeContext,
): FieldError[] {
  const made = volumes.filter((one) => podName && one.ephemeral !== undefined).map((one) => `${podName}-${one.name}`)
  const claim = persistentVolumeClaim?.claimName
  const detail = 'must not reference a PVC that gets created for an ephemeral volume'
  return claim !== undefined && made.includes(claim) ? [invalid(`${field}.claimName`, claim, detail)] : []
}

function volumeNameErrors(name: string, taken: ReadonlyMap<string, unknown>, field: string): FieldError[] {
  const errors = name ? dnsLabel(name).map((fault) => invalid(field, name, fault)) : [required(field)]
  return taken.has(name) ? [...errors, duplicate(field, name)] : errors
}

function sourceErrors(volume: Volume, at: string, context: VolumeContext): FieldError[] {
  const [first, ...others] = SOURCES.filter((source) => volume[source] !== undefined)
  if (first === undefined) return [required(at, 'must specify a volume type')]
  return [
    ...checkSource(volume, first, `${at}.${NAME_OF_FAULTS[first] ?? first}`, context),
    ...(first === 'ephemeral' ? madeClaimNameErrors(volume.name, `${at}.name`, context) : []),
    ...others.map((source) =>
      forbidden(`${at}.${NAME_OF_SURPLUS[source] ?? source}`, 'may not specify more than 1 volume type'),
    ),
  ]
}

function madeClaimNameErrors(name: string, field: string, { podName }: VolumeContext): FieldError[] {
  if (!podName || !name) return []
  const claim = `${podName}-${name}`
  return dnsSubdomain(claim).map((fault) => invalid(field, name, `PVC name ${JSON.stringify(claim)}: ${fault}`))
}

function checkSource(volume: Volume, source: Source, at: string, context: VolumeContext): FieldError[] {
  switch (source) {
    case 'gitRepo':
      return [
        ...present(volume.gitRepo?.repository, `${at}.repository`),
        ...descendingPathErrors(volume.gitRepo?.directory ?? '', `${at}.directory`),
      ]
    case 'image':
      return [
        ...(context.isPod ? present(volume.image?.reference, `${at}.reference`) : []),
        ...oneOf(volume.image?.pullPolicy, PULL_POLICIES, `${at}.pullPolicy`),
      ]
    case 'emptyDir':
      return nanosOf(volume.emptyDir?.sizeLimit) < 0n
        ? [forbidden(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
        : []
    case 'hostPath':
      return hostPathErrors(volume.hostPath?.path ?? '', volume.hostPath?.type, at)
    case 'secret':
      return [
        ...(volume.secret?.secretName ? [] : [required(`${at}.secretName`)]),
        ...keyFilesErrors(volume.secret ?? {}, at),
      ]
    case 'configMap':
      return [
        ...(volume.configMap?.name ? [] : [required(`${at}.name`)]),
        ...keyFilesErrors(volume.configMap ?? {}, at),
      ]
    case 'nfs':
      return nfsErrors(volume.nfs?.server ?? '', volume.nfs?.path ?? '', at)
    case 'persistentVolumeClaim':
      return volume.persistentVolumeClaim?.claimName ? [] : [required(`${at}.claimName`)]
    case 'downwardAPI':
      return downwardFilesErrors(volume.downwardAPI ?? {}, at)
    case 'projected':
      return projectedErrors(volume.projected ?? {}, at)
    case 'csi':
      return inlineDriverErrors(volume.csi, at)
    case 'ephemeral':
      return claimTemplateErrors(volume.ephemeral?.volumeClaimTemplate, `${at}.volumeClaimTemplate`)
    default:
      return REMOTE_SOURCES[source]?.(volume, at, { persistent: false, name: volume.name }) ?? []
  }
}

function inlineDriverErrors(csi: Volume['csi'], at: string): FieldError[] {
  const secret = csi?.nodePublishSecretRef
  if (secret === undefined) return csiDriverNameErrors(csi?.driver ?? '', `${at}.driver`)
  return [
    ...csiDriverNameErrors(csi?.driver ?? '', `${at}.driver`),
    ...(secret.name
      ? dnsSubdomain(secret.name).map((fault) => invalid(`${at}.name`, secret.name, fault))
      : [required(`${at}.nodePublishSecretRef.name`)]),
  ]
}

/** A folder of the node. */
export function hostPathErrors(path: string, type: string | undefined, at: string): FieldError[] {
  if (path === '') return [required(`${at}.path`)]
  return [
    ...backstepErrors(path, `${at}.path`),
    ...(type === undefined || HOST_PATH_TYPES.includes(type)
      ? []
      : [notSupported(`${at}.type`, type, [...HOST_PATH_TYPES].sort())]),
  ]
}

/** A folder that another machine exports. */
export function nfsErrors(server: string, path: string, at: string): FieldError[] {
  return [
    ...(server === '' ? [required(`${at}.server`)] : []),
    ...(path === '' ? [required(`${at}.path`)] : []),
    ...(path.startsWith('/') ? [] : [invalid(`${at}.path`, path, 'must be an absolute path')]),
  ]
}
