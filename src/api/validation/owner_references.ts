import { type FieldError, invalid } from '../field_error.ts'
import type { OwnerReference } from '../types.ts'

/** Events come and go by themselves, so nothing may be owned by one. */
const isEvent = (owner: OwnerReference): boolean => owner.apiVersion === 'v1' && owner.kind === 'Event'

/** Each owner must be fully named, and at most one may be the controller. */
export function ownerReferenceErrors(owners: readonly OwnerReference[] | undefined, field: string): FieldError[] {
  const references = owners ?? []
  const controllers = references
    .filter((owner) => owner.controller === true)
    .map((owner) => `${owner.kind}/${owner.name}`)
  const errors = references.flatMap((owner) => ownerErrors(owner, field))
  const [first, ...others] = controllers
  const detail = 'Only one reference can have Controller set to true. Found "true" in references for'
  return [...errors, ...others.map((other) => invalid(field, references, `${detail} ${first} and ${other}`))]
}

/** `apps/v1` is of version `v1`; a text with more slashes is of none. */
const versionOf = (apiVersion: string): string => {
  const parts = apiVersion.split('/')
  return parts.length > 2 ? '' : (parts.at(-1) ?? '')
}

function ownerErrors(owner: OwnerReference, field: string): FieldError[] {
  const { apiVersion = '', kind = '', name = '', uid = '' } = owner as Partial<OwnerReference>
  return [
    ...(versionOf(apiVersion) === '' ? [invalid(`${field}.apiVersion`, apiVersion, 'version must not be empty')] : []),
    ...(kind === '' ? [invalid(`${field}.kind`, kind, 'must not be empty')] : []),
    ...(name === '' ? [invalid(`${field}.name`, name, 'must not be empty')] : []),
    ...(uid === '' ? [invalid(`${field}.uid`, uid, 'must not be empty')] : []),
    ...(isEvent(owner) ? [invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner')] : []),
  ]
}
