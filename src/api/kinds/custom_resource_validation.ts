import { type FieldError, forbidden, invalid, notSupported, required, SpelledValue } from '../field_error.ts'
import { equal } from '../validation/equality.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dns1035Label, dnsSubdomain } from '../validation/names.ts'
import type { CustomResourceDefinition } from './custom_resource_definition.ts'
import { columnErrors, conversionErrors, deprecationErrors, subresourceErrors } from './custom_resource_parts.ts'
import { type Schema, schemaErrors } from './custom_resource_schema.ts'
import { structureErrors } from './custom_resource_structure.ts'

const SCOPES = ['Cluster', 'Namespaced']
const STRATEGIES = ['None', 'Webhook']

type Spec = CustomResourceDefinition['spec']

/** What is wrong with a definition. */
export function customResourceErrors(definition: CustomResourceDefinition): FieldError[] {
  const { spec, metadata, status } = definition
  const named = metadata.name === `${spec.names?.plural ?? ''}.${spec.group ?? ''}`
  const shared = sharedBy(spec)
  return [
    ...(named || metadata.name === ''
      ? []
      : [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...groupErrors(spec.group ?? ''),
    ...scopeErrors(spec.scope ?? ''),
    ...versionErrors(spec, shared),
    ...nameErrors(spec),
    ...sharedErrors(spec, shared),
    ...strategyErrors(spec.conversion?.strategy),
    ...conversionErrors(spec.conversion ?? {}),
    ...storedVersionErrors(spec, status?.storedVersions),
    ...approvalErrors(spec.group ?? '', metadata.annotations?.[APPROVAL]),
    ...(spec.preserveUnknownFields ? [invalid('spec.preserveUnknownFields', true, PRESERVES)] : []),
  ]
}

const APPROVAL = 'api-approved.kubernetes.io'
const PRESERVES =
  'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'

/** Groups of Kubernetes itself are given out by its community. */
function approvalErrors(group: string, approval = ''): FieldError[] {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return []
  const field = `metadata.annotations[${APPROVAL}]`
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111'
  const needed = `protected groups must have approval annotation "${APPROVAL}"`
  if (approval === '') return [required(field, `${needed}, ${see}`)]
  if (approval.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.test(approval)) return []
  return [invalid(field, approval, `${needed} with either a URL or a reason starting with "unapproved", ${see}`)]
}

type Version = Spec['versions'][number]

/** What all versions say alike is theirs together: upstream looks at it once, outside of them. */
interface Shared {
  readonly schema: boolean
  readonly subresources: boolean
  readonly columns: boolean
}

function sharedBy({ versions }: Spec): Shared {
  const [first] = versions ?? []
  const alike = (part: (version: Version) => unknown): boolean =>
    first !== undefined && versions.every((version) => equal(part(version), part(first)))
  return {
    schema: alike(({ schema }) => schema),
    subresources: alike(({ subresources }) => subresources),
    columns: alike(({ additionalPrinterColumns }) => additionalPrinterColumns),
  }
}

function sharedErrors({ versions }: Spec, shared: Shared): FieldError[] {
  const [first] = versions ?? []
  if (first === undefined) return []
  return partErrors(first, shared, {
    schema: 'spec.validation',
    subresources: 'spec.subresources',
    columns: 'spec.additionalPrinterColumns',
  })
}

type Fields = Readonly<Record<keyof Shared, string>>

/** What is wrong with those parts of a version that are wanted, told below their fields. */
function partErrors(version: Version, wanted: Shared, at: Fields): FieldError[] {
  const hasStatus = version.subresources?.status !== undefined
  return [
    ...(wanted.schema
      ? wholeSchemaErrors(version.schema?.openAPIV3Schema as Schema | undefined, hasStatus, at.schema)
      : []),
    ...(wanted.subresources ? subresourceErrors(version.subresources, at.subresources) : []),
    ...(wanted.columns
      ? (version.additionalPrinterColumns ?? []).flatMap((one, index) => columnErrors(one, `${at.columns}[${index}]`))
      : []),
  ]
}

function wholeSchemaErrors(schema: Schema | undefined, hasStatus: boolean, parent: string): FieldError[] {
  if (schema === undefined) return []
  const at = `${parent}.openAPIV3Schema`
  const onlyObject =
    'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
  const errors = [
    ...(hasStatus && schema.type && schema.type !== 'object' ? [invalid(`${at}.type`, schema.type, onlyObject)] : []),
    ...(schema.nullable ? [forbidden(`${at}.nullable`, 'nullable cannot be true at the root')] : []),
    ...structureErrors(schema, at),
    ...schemaErrors(schema, at),
  ]
  const hasOwnDialect = "OpenAPIV3Schema 'schema' is not supported"
  return errors.length === 0 && schema.$schema ? [invalid(at, '', hasOwnDialect)] : errors
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
function versionErrors(spec: Spec, shared: Shared): FieldError[] {
  const field = 'spec.versions'
  const versions = spec.versions ?? []
  const unique = new Set(versions.map(({ name }) => name)).size === versions.length
  const stored = versions.filter((version) => version.storage).length
  const lacking = versions.some(({ schema }) => schema?.openAPIV3Schema === undefined)
  const ownParts = { schema: !shared.schema, subresources: !shared.subresources, columns: !shared.columns }
  return [
    ...(lacking ? versions.flatMap(missingSchemaErrors) : []),
    ...versions.flatMap((version, index) => [
      ...dns1035Label(version.name).map((fault) => invalid(`${field}[${index}].name`, version.name, fault)),
      ...deprecationErrors(version.deprecated, version.deprecationWarning, `${field}[${index}].deprecationWarning`),
      ...partErrors(version, ownParts, {
        schema: `${field}[${index}].schema`,
        subresources: `${field}[${index}].subresources`,
        columns: `${field}[${index}].additionalPrinterColumns`,
      }),
    ]),
    ...(unique ? [] : [invalid(field, spelledVersions(spec), 'must contain unique version names')]),
    ...(stored === 1
      ? []
      : [invalid(field, spelledVersions(spec), 'must have exactly one version marked as storage version')]),
    ...dns1035Label(versions[0]?.name || 'v1').map((fault) => invalid('spec.version', versions[0]?.name, fault)),
  ]
}

const missingSchemaErrors = ({ schema }: Version, index: number): FieldError[] =>
  schema?.openAPIV3Schema === undefined ? [required(`spec.versions[${index}].schema.openAPIV3Schema`)] : []

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
  const { plural = '', singular = '', kind = '', listKind = '', shortNames, categories } = names ?? {}
  const needed = { plural, singular, kind, listKind }
  const same = 'kind and listKind may not be the same'
  return [
    ...Object.entries(needed).flatMap(([field, name]) => (name === '' ? [required(`spec.names.${field}`)] : [])),
    ...labelFormErrors(plural, 'spec.names.plural'),
    ...labelFormErrors(singular, 'spec.names.singular'),
    ...mixedCaseErrors(kind, 'spec.names.kind'),
    ...mixedCaseErrors(listKind, 'spec.names.listKind'),
    ...(shortNames ?? []).flatMap((name, index) => listedNameErrors(name, `spec.names.shortNames[${index}]`)),
    ...(kind !== '' && kind === listKind ? [invalid('spec.names.listKind', listKind, same)] : []),
    ...(categories ?? []).flatMap((name, index) => listedNameErrors(name, `spec.names.categories[${index}]`)),
  ]
}

const listedNameErrors = (name: string, field: string): FieldError[] => {
  const faults = dns1035Label(name)
  return faults.length === 0 ? [] : [invalid(field, name, faults.join(','))]
}

const labelFormErrors = (name: string, field: string): FieldError[] =>
  name === '' ? [] : listedNameErrors(name, field)

const mixedCaseErrors = (name: string, field: string): FieldError[] => {
  const faults = name === '' ? [] : dns1035Label(name.toLowerCase())
  if (faults.length === 0) return []
  return [invalid(field, name, `may have mixed case, but should otherwise match: ${faults.join(',')}`)]
}

const lostVersion = (name: string): string =>
  `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`

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
  const unknown = [...left].map((name) => invalid(`${field}[${(stored ?? []).indexOf(name)}]`, name, lostVersion(name)))
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
