import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required, tooLong } from '../../field_error.ts'
import type { Wire } from '../../types.ts'
import { goNamed } from '../../validation/go_names.ts'
import { descendingPathErrors } from './pod_validation_mounts.ts'

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']
const PROFILE_BYTES_MAX = 4095

const typeErrors = (type: string | undefined, word: string, field: string): FieldError[] => {
  if (!type) return [required(field, `type is required when ${word} is set`)]
  return TYPES.includes(type) ? [] : [notSupported(field, type, TYPES)]
}

/** Which calls of the kernel a container may make; a profile of the node is named by its path. */
export function seccompErrors(profile: Wire<k8s.V1SeccompProfile> | undefined, at: string): FieldError[] {
  if (profile === undefined) return []
  const { type, localhostProfile: name } = profile
  const field = `${at}.localhostProfile`
  const errors = typeErrors(type, 'seccompProfile', `${at}.type`)
  if (type === 'Localhost') {
    return name === undefined
      ? [...errors, required(field, 'must be set when seccomp type is Localhost')]
      : [...errors, ...descendingPathErrors(name, field)]
  }
  if (name === undefined) return errors
  const value = goNamed('core.SeccompProfile', profile)
  return [...errors, invalid(field, value, 'can only be set when seccomp type is Localhost')]
}

/** What a container may touch; a profile of the node is named as it was loaded. */
export function appArmorErrors(profile: Wire<k8s.V1AppArmorProfile> | undefined, at: string): FieldError[] {
  if (profile === undefined) return []
  const { type, localhostProfile: name } = profile
  const field = `${at}.localhostProfile`
  if (type === 'Localhost') return name === undefined ? [missing(field)] : loadedNameErrors(name, field)
  const errors = typeErrors(type, 'appArmorProfile', `${at}.type`)
  if (errors.length > 0 || name === undefined) return errors
  return [invalid(field, name, 'can only be set when AppArmor type is Localhost')]
}

const missing = (field: string): FieldError => required(field, 'must be set when AppArmor type is Localhost')

function loadedNameErrors(name: string, field: string): FieldError[] {
  return [
    ...(name.trim() === name ? [] : [invalid(field, name, 'must not be padded with whitespace')]),
    ...(name === '' ? [missing(field)] : []),
    ...(name.length > PROFILE_BYTES_MAX ? [tooLong(field, PROFILE_BYTES_MAX)] : []),
  ]
}
