import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, required } from '../../field_error.ts'
import type { Wire } from '../../types.ts'
import { downwardFileErrors, filePathErrors, keyFileErrors, modeErrors } from './pod_validation_files.ts'

const TOKEN_SECONDS_MIN = 600
const TOKEN_SECONDS_MAX = 2 ** 32
const KINDS = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
] as const

type Projection = Wire<k8s.V1VolumeProjection>
type Keys = Wire<k8s.V1SecretProjection>

/** Several sources in one folder: no two of them may make the same file. */
export function projectedErrors(volume: Wire<k8s.V1ProjectedVolumeSource>, at: string): FieldError[] {
  const paths = new Set<string>()
  return [
    ...modeErrors(volume.defaultMode, `${at}.defaultMode`),
    ...(volume.sources ?? []).flatMap((source, index) =>
      projectionErrors(source, paths, at, `${at}.sources[${index}]`),
    ),
  ]
}

function projectionErrors(source: Projection, paths: Set<string>, volumeAt: string, at: string): FieldError[] {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source
  const count = KINDS.filter((kind) => source[kind] !== undefined).length
  return [
    ...(secret ? keysErrors(secret, paths, volumeAt, `${at}.secret`) : []),
    ...(configMap ? keysErrors(configMap, paths, volumeAt, `${at}.configMap`) : []),
    ...(downwardAPI?.items ?? []).flatMap((file) => [
      ...downwardFileErrors(file, `${at}.downwardAPI`),
      ...takenErrors(file.path ?? '', file.path, paths, volumeAt),
    ]),
    ...(serviceAccountToken ? tokenErrors(serviceAccountToken, volumeAt, `${at}.serviceAccountToken`) : []),
    ...(count > 1 ? [forbidden(at, 'may not specify more than 1 volume type per source')] : []),
  ]
}

const keysErrors = (keys: Keys, paths: Set<string>, volumeAt: string, at: string): FieldError[] => [
  ...(keys.name ? [] : [required(`${at}.name`)]),
  ...(keys.items ?? []).flatMap((file, index) => [
    ...keyFileErrors(file, `${at}.items[${index}]`),
    ...takenErrors(file.path ?? '', keys.name ?? '', paths, volumeAt),
  ]),
]

/** `shown` is what upstream's message names: for keys the object that holds them. */
function takenErrors(path: string, shown: string, paths: Set<string>, volumeAt: string): FieldError[] {
  if (path === '') return []
  if (paths.has(path)) return [invalid(volumeAt, shown, 'conflicting duplicate paths')]
  paths.add(path)
  return []
}

/** Upstream reports the token's path at the volume. */
function tokenErrors(token: Wire<k8s.V1ServiceAccountTokenProjection>, volumeAt: string, at: string): FieldError[] {
  const { expirationSeconds: seconds = 0, path } = token
  return [
    ...(seconds < TOKEN_SECONDS_MIN
      ? [invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')]
      : []),
    ...(seconds > TOKEN_SECONDS_MAX
      ? [invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    ...(path ? filePathErrors(path, `${volumeAt}.path`) : [required(`${volumeAt}.path`)]),
  ]
}
