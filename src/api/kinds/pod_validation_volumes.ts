import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import { nanosOf } from '../quantity.ts'
import type { Volume } from '../types.ts'
import { dnsLabel } from '../validation/names.ts'
import { claimTemplateErrors } from './pod_validation_ephemeral.ts'
import { downwardFilesErrors, keyFilesErrors, projectedErrors } from './pod_validation_files.ts'
import { backstepErrors } from './pod_validation_mounts.ts'

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

/** What is wrong with a pod's volumes, and the names of those that containers may mount. */
export function volumesErrors(volumes: readonly Volume[], field: string): { errors: FieldError[]; names: Set<string> } {
  const names = new Set<string>()
  const errors = volumes.flatMap((volume, index) => {
    const at = `${field}[${index}]`
    const faults = [...sourceErrors(volume, at), ...volumeNameErrors(volume.name, names, `${at}.name`)]
    if (faults.length === 0) names.add(volume.name)
    return faults
  })
  return { errors, names }
}

function volumeNameErrors(name: string, taken: ReadonlySet<string>, field: string): FieldError[] {
  const errors = name ? dnsLabel(name).map((fault) => invalid(field, name, fault)) : [required(field)]
  return taken.has(name) ? [...errors, duplicate(field, name)] : errors
}

function sourceErrors(volume: Volume, at: string): FieldError[] {
  const [first, ...others] = SOURCES.filter((source) => volume[source] !== undefined)
  if (first === undefined) return [required(at, 'must specify a volume type')]
  return [
    ...checkSource(volume, first, `${at}.${first}`),
    ...others.map((source) => forbidden(`${at}.${source}`, 'may not specify more than 1 volume type')),
  ]
}

function checkSource(volume: Volume, source: Source, at: string): FieldError[] {
  switch (source) {
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
      return volume.csi?.driver ? [] : [required(`${at}.driver`)]
    case 'ephemeral':
      return claimTemplateErrors(volume.ephemeral?.volumeClaimTemplate, `${at}.volumeClaimTemplate`)
    default:
      return []
  }
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
