import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import { dnsSubdomain, type FormCheck, httpPathCharacters } from './names.ts'

/** The small checks of which most rules are made; each answers the faults of one field. */

/** A text or list that must be there and not be empty. */
export const present = (value: unknown, field: string, detail = ''): FieldError[] =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
    ? [required(field, detail)]
    : []

/** A text of a certain form, whatever it is. */
export const formed = (value: string, form: FormCheck, field: string): FieldError[] =>
  form(value).map((fault) => invalid(field, value, fault))

/** A text that has a certain form when it is there. */
export const formedIfSet = (value: string | undefined, form: FormCheck, field: string): FieldError[] =>
  value ? formed(value, form, field) : []

/** A text that must be there and have a certain form. */
export const requiredFormed = (value: string | undefined, form: FormCheck, field: string): FieldError[] =>
  value ? formed(value, form, field) : [required(field)]

/** One of the known words, when it is there at all. */
export const oneOf = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [notSupported(field, value, known)]

/** One of the known words; nothing or an empty text is missing. */
export const requiredOneOf = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value ? oneOf(value, known, field) : [required(field)]

/** `acme.io/foo`: whose it is, and what. */
export function domainPathErrors(text: string, field: string): FieldError[] {
  if (text === '') return [required(field)]
  const slash = text.indexOf('/')
  const host = slash < 0 ? '' : text.slice(0, slash)
  const path = text.slice(slash + 1)
  const detail = 'must be a domain-prefixed path (such as "acme.io/foo")'
  if (host === '' || path === '') return [invalid(field, text, detail)]
  const errors = formed(host, dnsSubdomain, field)
  if (errors.length > 0) return errors
  const faults = httpPathCharacters(path)
  return faults.length === 0 ? [] : [invalid(field, path, `Invalid path (${faults.join(' ')})`)]
}
