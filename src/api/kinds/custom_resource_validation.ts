import { type FieldError, invalid, notSupported, required, SpelledValue } from '../field_error.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dns1035Label, dnsSubdomain } from '../validation/names.ts'
import type { CustomResourceDefinition } from './custom_resource_definition.ts'

const SCOPES = ['Cluster', 'Namespaced']
const STRATEGIES = ['None', 'Webhook']

type Spec = CustomResourceDefinition['spec']

/** What is wrong with a definition. */
export function customResourceErrors(definition: CustomResourceDefinition): FieldError[] {
  const { spec, metadata, status } = definition
  const named = metadata.name === `${spec.names?.plural ?? ''}.${spec.group ?? ''}`
  return [
    ...(named ? [] : [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...groupErrors(spec.group ?? ''),
    ...scopeErrors(spec.scope ?? ''),
    ...versionErrors(spec),
    ...nameErrors(spec),
    ...strategyErrors(spec.conversion?.strategy),
    ...storedVersionErrors(spec, status?.storedVersions),
  ]
}

function groupErrors(group: string): FieldError[] {
  if (group === '') return [required('spec.group')]
  const errors = dnsSubdomain(group).map((fault) => invalid('spec.group', group, fault))
  if (errors.length > 0 || group.includes('.')) return errors
  return [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function scopeErrors(scope: string): FieldError[] {
  if (scope === '') return [required('spec.scope')]
  return SCOPES.includes(scope) ? [] : [notSupported('spec.scope', scope, SCOPES)]
}

const strategyErrors = (strategy: string | undefined): FieldError[] =>
  strategy === undefined || STRATEGIES.includes(strategy)
    ? []
    : [notSupported('spec.conversion.strategy', strategy, STRATEGIES)]

/** One version is stored, each has a name of its own, and each has a schema. */
function versionErrors(spec: Spec): FieldError[] {
  const field = 'spec.versions'
  const versions = spec.versions ?? []
  const unique = new Set(versions.map(({ name }) => name)).size === versions.length
  const stored = versions.filter((version) => version.storage).length
  return [
    ...versions.flatMap((version, index) => [
      ...dns1035Label(version.name).map((fault) => invalid(`${field}[${index}].name`, version.name, fault)),
      ...schemaErrors(version, `${field}[${index}].schema.openAPIV3Schema`),
    ]),
    ...(unique ? [] : [invalid(field, spelledVersions(spec), 'must contain unique version names')]),
    ...(stored === 1
      ? []
      : [invalid(field, spelledVersions(spec), 'must have exactly one version marked as storage version')]),
  ]
}

const schemaErrors = ({ schema }: Spec['versions'][number], field: string): FieldError[] =>
  schema?.openAPIV3Schema === undefined ? [required(field, schema === undefined ? 'schemas are required' : '')] : []

/** Upstream moves what all versions share out of them before it prints them. */
function spelledVersions({ versions }: Spec): SpelledValue {
  if (!versions) return new SpelledValue('null')
  const forms = versions.map(({ name, served, storage, deprecated, deprecationWarning }) => ({
    Name: name,
    Served: served,
    Storage: storage,
    Deprecated: deprecated ?? false,
    DeprecationWarning: deprecationWarning ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  }))
  return new SpelledValue(JSON.stringify(forms))
}

function nameErrors({ names }: Spec): FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '' } = names ?? {}
  const same = 'kind and listKind may not be the same'
  return [
    ...lowerCaseErrors(plural, 'spec.names.plural'),
    ...lowerCaseErrors(singular, 'spec.names.singular'),
    ...mixedCaseErrors(kind, 'spec.names.kind'),
    ...mixedCaseErrors(listKind, 'spec.names.listKind'),
    ...(kind !== '' && kind === listKind ? [invalid('spec.names.listKind', listKind, same)] : []),
  ]
}

const lowerCaseErrors = (name: string, field: string): FieldError[] =>
  name === '' ? [required(field)] : dns1035Label(name).map((fault) => invalid(field, name, fault))

const mixedCaseErrors = (name: string, field: string): FieldError[] =>
  name === ''
    ? [required(field)]
    : dns1035Label(name.toLowerCase()).map((fault) =>
        invalid(field, name, `may have mixed case, but should otherwise match: ${fault}`),
      )

/** What objects are stored in must be among the versions; each name counts once. */
function storedVersionErrors({ versions }: Spec, stored: readonly string[] | null | undefined): FieldError[] {
  const field = 'status.storedVersions'
  const left = new Set(stored ?? [])
  const errors = left.size === 0 ? [invalid(field, stored ?? null, 'must have at least one stored version')] : []
  if (left.size === 0) return errors
  const missing = (versions ?? []).flatMap(({ name, storage }) => {
    const known = left.delete(name)
    return storage && !known ? [invalid(field, stored, `must have the storage version ${name}`)] : []
  })
  const unknown = [...left].map((name) =>
    invalid(`${field}[${(stored ?? []).indexOf(name)}]`, name, 'must appear in spec.versions'),
  )
  return [...errors, ...missing, ...unknown]
}

/** What is wrong with a change: a definition that is in use keeps its scope, its group and its names. */
export function customResourceUpdateErrors(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldError[] {
  const established = old.status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True')
  const { spec } = definition
  const fixed = established
    ? [
        ...immutableErrors(spec.scope, old.spec.scope, 'spec.scope'),
        ...immutableErrors(spec.names.kind, old.spec.names.kind, 'spec.names.kind'),
      ]
    : []
  return [
    ...customResourceErrors(definition).filter((error) => error.field !== 'metadata.name'),
    ...fixed,
    ...immutableErrors(spec.group, old.spec.group, 'spec.group'),
    ...immutableErrors(spec.names.plural, old.spec.names.plural, 'spec.names.plural'),
  ]
}
