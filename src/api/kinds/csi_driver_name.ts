import { type FieldError, invalid, required, tooLong } from '../field_error.ts'
import { dnsSubdomain } from '../validation/names.ts'

const DRIVER_BYTES_MAX = 63

/** The name of a CSI driver: a domain name, whatever its letters' case. */
export function csiDriverNameErrors(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)]
  return [
    ...(name.length > DRIVER_BYTES_MAX ? [tooLong(field, DRIVER_BYTES_MAX)] : []),
    ...dnsSubdomain(name.toLowerCase()).map((fault) => invalid(field, name, fault)),
  ]
}
