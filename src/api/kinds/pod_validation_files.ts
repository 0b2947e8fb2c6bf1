import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, required } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { fieldReferenceErrors, resourceReferenceErrors } from './pod_validation_downward.ts'
import { descendingPathErrors } from './pod_validation_mounts.ts'

const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
const MODE_MAX = 0o777
const TOKEN_SECONDS_MIN = 600
const TOKEN_SECONDS_MAX = 2 ** 32

type KeyFiles = Pick<Wire<k8s.V1SecretVolumeSource>, 'defaultMode' | 'items'>
type Downward = Pick<Wire<k8s.V1DownwardAPIVolumeSource>, 'defaultMode' | 'items'>
type DownwardFile = Wire<k8s.V1DownwardAPIVolumeFile>
type Projection = Wire<k8s.V1VolumeProjection>

const modeErrors = (mode: number | undefined, field: string): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > MODE_MAX)
    ? [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
    : []

/** Keys of a Secret or ConfigMap as files. */
export const keyFilesErrors = (source: KeyFiles, at: string): FieldError[] => [
  ...modeErrors(source.defaultMode, `${at}.defaultMode`),
  ...(source.items ?? []).flatMap(({ key, path, mode }, index) => [
    ...(key ? [] : [required(`${at}.items[${index}].key`)]),
    ...(path ? [] : [required(`${at}.items[${index}].path`)]),
    ...filePathErrors(path ?? '', `${at}.items[${index}].path`),
    ...modeErrors(mode, `${at}.items[${index}].mode`),
  ]),
]

/** Names that start with two dots are the node agent's own. */
const filePathErrors = (path: string, field: string): FieldError[] => [
  ...descendingPathErrors(path, field),
  ...(path.startsWith('..') && !path.startsWith('../') && path !== '..'
    ? [invalid(field, path, "must not start with '..'")]
    : []),
]

/** Fields of the pod as files. Upstream reports them at the volume, not at the file. */
export const downwardFilesErrors = (source: Downward, at: string): FieldError[] => [
  ...modeErrors(source.defaultMode, `${at}.defaultMode`),
  ...(source.items ?? []).flatMap((file) => downwardFileErrors(file, at)),
]

function downwardFileErrors(file: DownwardFile, at: string): FieldError[] {
  return [
    ...(file.path ? [] : [required(`${at}.path`)]),
    ...filePathErrors(file.path ?? '', `${at}.path`),
    ...downwardSourceErrors(file, at),
    ...modeErrors(file.mode, `${at}.mode`),
  ]
}

function downwardSourceErrors({ fieldRef, resourceFieldRef }: DownwardFile, at: string): FieldError[] {
  if (fieldRef) {
    const errors = fieldReferenceErrors(fieldRef, VOLUME_FIELDS, `${at}.fieldRef`)
    const both = 'fieldRef and resourceFieldRef can not be specified simultaneously'
    return resourceFieldRef ? [...errors, invalid(at, 'resource', both)] : errors
  }
  if (resourceFieldRef) return resourceReferenceErrors(resourceFieldRef, `${at}.resourceFieldRef`, { inVolume: true })
  return [required(at, 'one of fieldRef and resourceFieldRef is required')]
}

/** Several sources in one folder. */
export function projectedErrors(volume: Wire<k8s.V1ProjectedVolumeSource>, at: string): FieldError[] {
  return [
    ...modeErrors(volume.defaultMode, `${at}.defaultMode`),
    ...(volume.sources ?? []).flatMap((source, index) => projectionErrors(source, at, `${at}.sources[${index}]`)),
  ]
}

function projectionErrors(source: Projection, volumeAt: string, at: string): FieldError[] {
  const kinds = (['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle'] as const).filter(
    (kind) => source[kind] !== undefined,
  )
  const extra = kinds.slice(1).map((kind) => forbidden(`${at}.${kind}`, 'may not specify more than 1 volume type'))
  return [...extra, ...projectedSourceErrors(source, volumeAt, at)]
}

function projectedSourceErrors(source: Projection, volumeAt: string, at: string): FieldError[] {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source
  if (secret)
    return [...(secret.name ? [] : [required(`${at}.secret.name`)]), ...keyFilesErrors(secret, `${at}.secret`)]
  if (configMap) {
    return [
      ...(configMap.name ? [] : [required(`${at}.configMap.name`)]),
      ...keyFilesErrors(configMap, `${at}.configMap`),
    ]
  }
  if (downwardAPI) return downwardFilesErrors(downwardAPI, `${at}.downwardAPI`)
  return serviceAccountToken ? tokenErrors(serviceAccountToken, volumeAt, `${at}.serviceAccountToken`) : []
}

function tokenErrors(token: Wire<k8s.V1ServiceAccountTokenProjection>, volumeAt: string, at: string): FieldError[] {
  const { expirationSeconds: seconds = 0, path } = token
  return [
    ...(seconds < TOKEN_SECONDS_MIN
      ? [invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')]
      : []),
    ...(seconds > TOKEN_SECONDS_MAX
      ? [invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    ...(path ? [] : [required(`${volumeAt}.path`)]),
  ]
}
