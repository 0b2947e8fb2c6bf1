import { type FieldError, forbidden, invalid, required, tooLong } from '../field_error.ts'
import type { ObjectMeta } from '../types.ts'
import { equal } from './equality.ts'
import { labelErrors } from './labels.ts'
import { dnsLabel, dnsSubdomain, type FormCheck, maskTrailingDash, qualifiedName } from './names.ts'
import { ownerReferenceErrors } from './owner_references.ts'

/** Annotations together, keys and values. */
const ANNOTATIONS_BYTES_MAX = 256 * 1024

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

export interface MetadataForm {
  readonly namespaced: boolean
  readonly nameForm?: FormCheck
}

/** What is wrong with the metadata of any object, `at` being where they stand. */
export function metadataErrors(meta: ObjectMeta, form: MetadataForm, at = 'metadata'): FieldError[] {
  return [...commonMetadataErrors(meta, form, at), ...standardFinalizerErrors(meta, at)]
}

/** As `metadataErrors`, but for the rule about finalizers that only built-in kinds have. */
export function commonMetadataErrors(meta: ObjectMeta, form: MetadataForm, at = 'metadata'): FieldError[] {
  return [
    ...nameErrors(meta, form.nameForm ?? dnsSubdomain, at),
    ...namespaceErrors(meta, form.namespaced, at),
    ...generationErrors(meta, at),
    ...labelErrors(meta.labels, `${at}.labels`),
    ...annotationErrors(meta.annotations, `${at}.annotations`),
    ...ownerReferenceErrors(meta.ownerReferences, `${at}.ownerReferences`),
    ...finalizerErrors(meta.finalizers, `${at}.finalizers`),
  ]
}

/** What is wrong with a change of metadata. */
export function metadataUpdateErrors(meta: ObjectMeta, old: ObjectMeta, at = 'metadata'): FieldError[] {
  return [...commonMetadataUpdateErrors(meta, old, at), ...standardFinalizerErrors(meta, at)]
}

/** As `metadataUpdateErrors`, but for the rule about finalizers that only built-in kinds have. */
export function commonMetadataUpdateErrors(meta: ObjectMeta, old: ObjectMeta, at = 'metadata'): FieldError[] {
  return [
    ...newFinalizerErrors(meta, old, at),
    ...generationDecrementErrors(meta, old, at),
    ...IMMUTABLE_METADATA.flatMap((field) => immutableErrors(meta[field], old[field], `${at}.${field}`)),
    ...labelErrors(meta.labels, `${at}.labels`),
    ...annotationErrors(meta.annotations, `${at}.annotations`),
    ...ownerReferenceErrors(meta.ownerReferences, `${at}.ownerReferences`),
  ]
}

const IMMUTABLE_METADATA = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/** A field that may not change; nothing and empty are the same. */
export function immutableErrors(value: unknown, old: unknown, field: string): FieldError[] {
  return equal(value, old) ? [] : [invalid(field, value, 'field is immutable')]
}

function nameErrors(meta: ObjectMeta, form: FormCheck, at: string): FieldError[] {
  const { name = '', generateName = '' } = meta as Partial<ObjectMeta>
  const prefixFaults = generateName === '' ? [] : form(maskTrailingDash(generateName))
  const errors = prefixFaults.map((fault) => invalid(`${at}.generateName`, generateName, fault))
  if (name === '') return [...errors, required(`${at}.name`, 'name or generateName is required')]
  return [...errors, ...form(name).map((fault) => invalid(`${at}.name`, name, fault))]
}

function namespaceErrors(meta: ObjectMeta, namespaced: boolean, at: string): FieldError[] {
  const { namespace = '' } = meta
  const field = `${at}.namespace`
  if (!namespaced) return namespace === '' ? [] : [forbidden(field, 'not allowed on this type')]
  if (namespace === '') return [required(field)]
  return dnsLabel(namespace).map((fault) => invalid(field, namespace, fault))
}

function generationErrors(meta: ObjectMeta, at: string): FieldError[] {
  const { generation = 0 } = meta
  return generation < 0 ? [invalid(`${at}.generation`, generation, 'must be greater than or equal to 0')] : []
}

function generationDecrementErrors(meta: ObjectMeta, old: ObjectMeta, at: string): FieldError[] {
  const { generation = 0 } = meta
  return generation < (old.generation ?? 0) ? [invalid(`${at}.generation`, generation, 'must not be decremented')] : []
}

/** Keys of annotations have the form of label keys, in any case; their values are free but for the total size. */
export function annotationErrors(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const entries = Object.entries(annotations ?? {})
  const errors = entries
    .map(([key]) => key)
    .sort()
    .flatMap((key) => qualifiedName(key.toLowerCase()).map((fault) => invalid(field, key, fault)))
  const encoder = new TextEncoder()
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + encoder.encode(key).length + encoder.encode(value).length,
    0,
  )
  return bytes > ANNOTATIONS_BYTES_MAX ? [...errors, tooLong(field, ANNOTATIONS_BYTES_MAX)] : errors
}

function finalizerErrors(finalizers: readonly string[] | undefined, field: string): FieldError[] {
  const names = finalizers ?? []
  const errors = names.flatMap((name) => qualifiedName(name).map((fault) => invalid(field, name, fault)))
  const contradict = names.includes('orphan') && names.includes('foregroundDeletion')
  const fault = 'finalizer orphan and foregroundDeletion cannot be both set'
  return contradict ? [...errors, invalid(field, names, fault)] : errors
}

function standardFinalizerErrors(meta: ObjectMeta, at: string): FieldError[] {
  return (meta.finalizers ?? []).flatMap((name, index) => unknownFinalizerErrors(name, `${at}.finalizers[${index}]`))
}

const unknownFinalizerErrors = (name: string, field: string): FieldError[] =>
  name.includes('/') || STANDARD_FINALIZERS.has(name)
    ? []
    : [invalid(field, name, 'name is neither a standard finalizer name nor is it fully qualified')]

/** What is wrong with the name of one finalizer. */
export const finalizerNameErrors = (name: string, field: string): FieldError[] => [
  ...qualifiedName(name).map((fault) => invalid(field, name, fault)),
  ...unknownFinalizerErrors(name, field),
]

/** Whoever deletes must not wait for somebody who came after the decision. */
function newFinalizerErrors(meta: ObjectMeta, old: ObjectMeta, at: string): FieldError[] {
  if (old.deletionTimestamp === undefined) return []
  const added = (meta.finalizers ?? []).filter((name) => !old.finalizers?.includes(name)).sort()
  if (added.length === 0) return []
  const list = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
  return [forbidden(`${at}.finalizers`, detail)]
}
