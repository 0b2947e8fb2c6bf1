import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { PersistentVolume, Volume } from '../types.ts'
import { formedIfSet, oneOf, present, requiredFormed } from '../validation/checks.ts'
import { dnsLabel } from '../validation/names.ts'
import { inRange } from '../validation/numbers.ts'
import { iscsiErrors } from './volume_source_iscsi.ts'

/** A source of a pod's volume or of a persistent volume. The latter names whole references to secrets. */
export type VolumeSources = Omit<Partial<Volume>, 'csi'> & Omit<Partial<PersistentVolume['spec']>, 'csi'>

export interface SourceContext {
  /** Of a persistent volume: secrets may lie in any namespace, which must then be said. */
  readonly persistent: boolean
  /** The name of the volume, which stands in some messages. */
  readonly name: string
}

type Check = (source: VolumeSources, at: string, context: SourceContext) => FieldError[]

interface SecretReference {
  readonly name?: string
  readonly namespace?: string
}

const PARTITION_MAX = 255
const LUN_MAX = 255
const TENANT_LETTERS_MAX = 64
const CACHING_MODES = ['None', 'ReadOnly', 'ReadWrite']
const DISK_KINDS = ['Dedicated', 'Managed', 'Shared']
const MANAGED_DISK = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const BLOB_DISK = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'
const REGISTRY = 'must be a host:port pair or multiple pairs separated by commas'

/** Storage that other systems serve, by the name of its field. What is not here is checked where it is used. */
export const REMOTE_SOURCES: Readonly<Record<string, Check>> = {
  gcePersistentDisk: ({ gcePersistentDisk: disk }, at) => [
    ...present(disk?.pdName, `${at}.pdName`),
    ...partitionErrors(disk?.partition, `${at}.partition`),
  ],
  awsElasticBlockStore: ({ awsElasticBlockStore: disk }, at) => [
    ...present(disk?.volumeID, `${at}.volumeID`),
    ...partitionErrors(disk?.partition, `${at}.partition`),
  ],
  iscsi: ({ iscsi }, at, context) => (iscsi === undefined ? [] : iscsiErrors(iscsi, at, context)),
  glusterfs: ({ glusterfs }, at) => [
    ...present(glusterfs?.endpoints, `${at}.endpoints`),
    ...present(glusterfs?.path, `${at}.path`),
    ...endpointsNamespaceErrors(glusterfs?.endpointsNamespace, `${at}.endpointsNamespace`),
  ],
  flocker: ({ flocker }, at) => flockerErrors(flocker ?? {}, at),
  rbd: ({ rbd }, at) => [...present(rbd?.monitors, `${at}.monitors`), ...present(rbd?.image, `${at}.image`)],
  cinder: ({ cinder }, at, context) => [
    ...present(cinder?.volumeID, `${at}.volumeID`),
    ...secretErrors(cinder?.secretRef, `${at}.secretRef`, context),
  ],
  cephfs: ({ cephfs }, at) => present(cephfs?.monitors, `${at}.monitors`),
  quobyte: ({ quobyte }, at) => [
    ...registryErrors(quobyte?.registry ?? '', quobyte?.tenant ?? '', at),
    ...present(quobyte?.volume, `${at}.volume`),
  ],
  fc: ({ fc }, at) => fibreErrors(fc ?? {}, at),
  flexVolume: ({ flexVolume }, at) => [
    ...present(flexVolume?.driver, `${at}.driver`),
    ...reservedOptionErrors(flexVolume?.options ?? {}, `${at}.options`),
  ],
  azureFile: ({ azureFile }, at) => [
    ...present(azureFile?.secretName, `${at}.secretName`),
    ...present(azureFile?.shareName, `${at}.shareName`),
    ...(azureFile?.secretNamespace === '' ? [required(`${at}.secretNamespace`)] : []),
  ],
  azureDisk: ({ azureDisk }, at) => (azureDisk === undefined ? [] : azureDiskErrors(azureDisk, at)),
  vsphereVolume: ({ vsphereVolume }, at) => present(vsphereVolume?.volumePath, `${at}.volumePath`),
  photonPersistentDisk: ({ photonPersistentDisk: disk }, at) => present(disk?.pdID, `${at}.pdID`),
  portworxVolume: ({ portworxVolume }, at) => present(portworxVolume?.volumeID, `${at}.volumeID`),
  scaleIO: ({ scaleIO }, at) => [
    ...present(scaleIO?.gateway, `${at}.gateway`),
    ...present(scaleIO?.system, `${at}.system`),
    ...present(scaleIO?.volumeName, `${at}.volumeName`),
  ],
  storageos: ({ storageos }, at, context) => [
    ...requiredFormed(storageos?.volumeName, dnsLabel, `${at}.volumeName`),
    ...formedIfSet(storageos?.volumeNamespace, dnsLabel, `${at}.volumeNamespace`),
    ...secretErrors(storageos?.secretRef, `${at}.secretRef`, context),
  ],
}

/** Zero stands for the whole disk, though the message does not say so. */
const partitionErrors = (partition: number | undefined, field: string): FieldError[] =>
  partition !== undefined && (partition < 0 || partition > PARTITION_MAX)
    ? [invalid(field, partition, `must be between 1 and ${PARTITION_MAX}, inclusive`)]
    : []

function secretErrors(secret: SecretReference | undefined, at: string, { persistent }: SourceContext): FieldError[] {
  if (secret === undefined) return []
  return [...present(secret.name, `${at}.name`), ...(persistent ? present(secret.namespace, `${at}.namespace`) : [])]
}

function endpointsNamespaceErrors(namespace: string | undefined, field: string): FieldError[] {
  if (namespace === undefined) return []
  const detail = 'if the endpointnamespace is set, it must be a valid namespace name'
  return namespace === '' ? [invalid(field, namespace, detail)] : formedIfSet(namespace, dnsLabel, field)
}

function flockerErrors(source: NonNullable<Volume['flocker']>, at: string): FieldError[] {
  const { datasetName = '', datasetUUID = '' } = source
  const both = 'datasetName and datasetUUID can not be specified simultaneously'
  return [
    ...(datasetName || datasetUUID ? [] : [required(at, 'one of datasetName and datasetUUID is required')]),
    ...(datasetName && datasetUUID ? [invalid(at, 'resource', both)] : []),
    ...(datasetName.includes('/') ? [invalid(`${at}.datasetName`, datasetName, "must not contain '/'")] : []),
  ]
}

function registryErrors(registry: string, tenant: string, at: string): FieldError[] {
  if (registry === '') return [required(`${at}.registry`, REGISTRY)]
  if (tenant.length > TENANT_LETTERS_MAX) {
    return [required(`${at}.tenant`, `must be a UUID and may not exceed a length of ${TENANT_LETTERS_MAX} characters`)]
  }
  const isPair = (pair: string) => /^(\[[^\]]*\]|[^:[\]]*):[^:]*$/.test(pair)
  return registry.split(',').flatMap((pair) => (isPair(pair) ? [] : [invalid(`${at}.registry`, registry, REGISTRY)]))
}

function fibreErrors({ targetWWNs = [], wwids = [], lun }: NonNullable<Volume['fc']>, at: string): FieldError[] {
  const field = `${at}.targetWWNs`
  return [
    ...(targetWWNs.length + wwids.length === 0
      ? [required(field, 'must specify either targetWWNs or wwids, but not both')]
      : []),
    ...(targetWWNs.length > 0 && wwids.length > 0
      ? [invalid(field, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')]
      : []),
    ...(targetWWNs.length > 0 && lun === undefined
      ? [required(`${at}.lun`, 'lun is required if targetWWNs is specified')]
      : []),
    ...(targetWWNs.length > 0 ? inRange(lun, 0, LUN_MAX, `${at}.lun`) : []),
  ]
}

/** The prefix of an option's name that belongs to Kubernetes itself. */
const reservedOptionErrors = (options: Readonly<Record<string, string>>, field: string): FieldError[] =>
  Object.keys(options).flatMap((key) => {
    const prefix = key.split('/')[0]?.toLowerCase() ?? ''
    return /\.(kubernetes|k8s)\.io$/.test(`.${prefix}`)
      ? [invalid(`${field}[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')]
      : []
  })

function azureDiskErrors(disk: NonNullable<Volume['azureDisk']>, at: string): FieldError[] {
  const { diskName, diskURI, cachingMode, kind } = disk
  const uri = diskURI ?? ''
  return [
    ...present(diskName, `${at}.diskName`),
    ...present(diskURI, `${at}.diskURI`),
    ...oneOf(cachingMode, CACHING_MODES, `${at}.cachingMode`),
    ...oneOf(kind, DISK_KINDS, `${at}.kind`),
    ...(kind === 'Managed' && !uri.startsWith('/subscriptions/')
      ? [notSupported(`${at}.diskURI`, uri, [MANAGED_DISK])]
      : []),
    ...(kind !== undefined && kind !== 'Managed' && !uri.startsWith('https://')
      ? [notSupported(`${at}.diskURI`, uri, [BLOB_DISK])]
      : []),
  ]
}
