import { type FieldError, invalid, required } from '../../field_error.ts'
import type { Container } from '../../types.ts'
import { present, requiredFormed } from '../../validation/checks.ts'
import { configKey, dnsLabel, dnsSubdomain, environmentName } from '../../validation/names.ts'
import { fieldReferenceErrors, resourceReferenceErrors } from './pod_validation_downward.ts'
import { backstepErrors } from './pod_validation_mounts.ts'

const ENVIRONMENT_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'] as const
const NO_SOURCE =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
const MORE_THAN_ONE = 'may not have more than one field specified at a time'

type Variable = NonNullable<Container['env']>[number]
type ValueSource = NonNullable<Variable['valueFrom']>
type Source = NonNullable<Container['envFrom']>[number]

/** The variables of a container. */
export const environmentErrors = (variables: readonly Variable[], field: string): FieldError[] =>
  variables.flatMap((variable, index) => [
    ...(variable.name
      ? environmentName(variable.name).map((fault) => invalid(`${field}[${index}].name`, variable.name, fault))
      : [required(`${field}[${index}].name`)]),
    ...valueSourceErrors(variable, `${field}[${index}].valueFrom`),
  ])

function valueSourceErrors({ value, valueFrom }: Variable, at: string): FieldError[] {
  if (valueFrom === undefined) return []
  const count = SOURCES.filter((source) => valueFrom[source] !== undefined).length
  const errors = [
    ...(valueFrom.fieldRef ? fieldReferenceErrors(valueFrom.fieldRef, ENVIRONMENT_FIELDS, `${at}.fieldRef`) : []),
    ...(valueFrom.resourceFieldRef
      ? resourceReferenceErrors(valueFrom.resourceFieldRef, `${at}.resourceFieldRef`, { inVolume: false })
      : []),
    ...keyReferenceErrors(valueFrom.configMapKeyRef, `${at}.configMapKeyRef`),
    ...keyReferenceErrors(valueFrom.secretKeyRef, `${at}.secretKeyRef`),
    ...(valueFrom.fileKeyRef ? fileKeyErrors(valueFrom.fileKeyRef, `${at}.fileKeyRef`) : []),
  ]
  if (count === 0) return [...errors, invalid(at, '', NO_SOURCE)]
  if (value) return [...errors, invalid(at, '', 'may not be specified when `value` is not empty')]
  return count > 1 ? [...errors, invalid(at, '', MORE_THAN_ONE)] : errors
}

function keyReferenceErrors(reference: ValueSource['secretKeyRef'], at: string): FieldError[] {
  if (reference === undefined) return []
  const { name = '', key } = reference
  return [
    ...dnsSubdomain(name).map((fault) => invalid(`${at}.name`, name, fault)),
    ...(key ? configKey(key).map((fault) => invalid(`${at}.key`, key, fault)) : [required(`${at}.key`)]),
  ]
}

const fileKeyErrors = (reference: NonNullable<ValueSource['fileKeyRef']>, at: string): FieldError[] => [
  ...requiredFormed(reference.key, environmentName, `${at}.key`),
  ...requiredFormed(reference.volumeName, dnsLabel, `${at}.volumeName`),
  ...present(reference.path, `${at}.path`),
  ...backstepErrors(reference.path ?? '', `${at}.path`),
]

/** Whole ConfigMaps and Secrets as variables. */
export const environmentSourceErrors = (sources: readonly Source[], field: string): FieldError[] =>
  sources.flatMap((source, index) => sourceErrors(source, field, `${field}[${index}]`))

/** That there is one source is a matter of the list, for upstream. */
function sourceErrors({ prefix, configMapRef, secretRef }: Source, list: string, at: string): FieldError[] {
  const errors = [
    ...(prefix ? environmentName(prefix).map((fault) => invalid(`${at}.prefix`, prefix, fault)) : []),
    ...(configMapRef ? sourceNameErrors(configMapRef.name, `${at}.configMapRef.name`) : []),
    ...(secretRef ? sourceNameErrors(secretRef.name, `${at}.secretRef.name`) : []),
  ]
  if (configMapRef && secretRef) return [...errors, invalid(list, '', MORE_THAN_ONE)]
  if (configMapRef || secretRef) return errors
  return [...errors, invalid(list, '', 'must specify one of: `configMapRef` or `secretRef`')]
}

const sourceNameErrors = (name: string | undefined, field: string): FieldError[] =>
  name ? dnsSubdomain(name).map((fault) => invalid(field, name, fault)) : [required(field)]
