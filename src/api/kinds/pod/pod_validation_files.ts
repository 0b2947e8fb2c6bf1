import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, required } from '../../field_error.ts'
import type { Wire } from '../../types.ts'
import { fieldReferenceErrors, resourceReferenceErrors } from './pod_validation_downward.ts'
import { descendingPathErrors } from './pod_validation_mounts.ts'

const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
const MODE_MAX = 0o777

type KeyFiles = Pick<Wire<k8s.V1SecretVolumeSource>, 'defaultMode' | 'items'>
type KeyFile = NonNullable<KeyFiles['items']>[number]
type Downward = Pick<Wire<k8s.V1DownwardAPIVolumeSource>, 'defaultMode' | 'items'>
type DownwardFile = Wire<k8s.V1DownwardAPIVolumeFile>

export const modeErrors = (mode: number | undefined, field: string): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > MODE_MAX)
    ? [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
    : []

/** Keys of a Secret or ConfigMap as files. */
export const keyFilesErrors = (source: KeyFiles, at: string): FieldError[] => [
  ...modeErrors(source.defaultMode, `${at}.defaultMode`),
  ...(source.items ?? []).flatMap((file, index) => keyFileErrors(file, `${at}.items[${index}]`)),
]

export const keyFileErrors = ({ key, path, mode }: KeyFile, at: string): FieldError[] => [
  ...(key ? [] : [required(`${at}.key`)]),
  ...(path ? [] : [required(`${at}.path`)]),
  ...filePathErrors(path ?? '', `${at}.path`),
  ...modeErrors(mode, `${at}.mode`),
]

/** Names that start with two dots are the node agent's own. */
export const filePathErrors = (path: string, field: string): FieldError[] => [
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

export function downwardFileErrors(file: DownwardFile, at: string): FieldError[] {
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
