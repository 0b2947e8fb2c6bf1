import { type FieldError, forbidden, invalid, required } from '../field_error.ts'
import { dns1035Label } from '../validation/names.ts'

/** Columns, subresources and conversions of a definition. */

interface Column {
  readonly name?: string
  readonly type?: string
  readonly format?: string
  readonly jsonPath?: string
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

const simplePathErrors = (path: string, field: string): FieldError[] =>
  path.startsWith('.') ? [] : [invalid(field, path, 'must be a simple json path starting with .')]

/** What is wrong with a column of Tables. Upstream spells the last field in capitals. */
export function columnErrors({ name, type, format, jsonPath }: Column, at: string): FieldError[] {
  const types = `must be one of ${COLUMN_TYPES.join(',')}`
  const path = `${at}.JSONPath`
  return [
    ...(name ? [] : [required(`${at}.name`)]),
    ...(type ? [] : [required(`${at}.type`, types)]),
    ...(type && !COLUMN_TYPES.includes(type) ? [invalid(`${at}.type`, type, types)] : []),
    ...(format && !COLUMN_FORMATS.includes(format)
      ? [invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`)]
      : []),
    ...(jsonPath ? simplePathErrors(jsonPath, path) : [required(path)]),
  ]
}

interface Subresources {
  readonly scale?: {
    readonly specReplicasPath?: string
    readonly statusReplicasPath?: string
    readonly labelSelectorPath?: string
  }
}

/** Where a scale finds its numbers: below `spec` what is wanted, below `status` what there is. */
export function subresourceErrors(subresources: Subresources | undefined, at: string): FieldError[] {
  const scale = subresources?.scale
  if (scale === undefined) return []
  const below = (path: string, field: string, roots: readonly string[], detail: string): FieldError[] => {
    const errors = simplePathErrors(path, field)
    return errors.length > 0 || roots.some((root) => path.startsWith(root)) ? errors : [invalid(field, path, detail)]
  }
  const needed = (path: string | undefined, name: string, root: string): FieldError[] => {
    const field = `${at}.scale.${name}`
    return path ? below(path, field, [`.${root}.`], `should be a json path under .${root}`) : [required(field)]
  }
  const { labelSelectorPath: selector } = scale
  return [
    ...needed(scale.specReplicasPath, 'specReplicasPath', 'spec'),
    ...needed(scale.statusReplicasPath, 'statusReplicasPath', 'status'),
    ...(selector
      ? below(
          selector,
          `${at}.scale.labelSelectorPath`,
          ['.spec.', '.status.'],
          'should be a json path under either .spec or .status',
        )
      : []),
  ]
}

const WARNING_CHARACTERS_MAX = 256

/** What is said to those who still use a version. */
export function deprecationErrors(deprecated = false, warning: string | undefined, field: string): FieldError[] {
  if (warning === undefined) return []
  if (!deprecated) return [invalid(field, warning, 'can only be set for deprecated versions')]
  return [
    ...(warning.length > WARNING_CHARACTERS_MAX
      ? [invalid(field, warning, `must be <= ${WARNING_CHARACTERS_MAX} characters long`)]
      : []),
    ...(warning === '' ? [invalid(field, warning, 'must not be an empty string')] : []),
  ]
}

interface Conversion {
  readonly strategy?: string
  readonly webhook?: {
    readonly clientConfig?: { readonly url?: string; readonly service?: object }
    readonly conversionReviewVersions?: readonly string[] | null
  }
}

const REVIEW_VERSIONS = ['v1', 'v1beta1']

/** Who translates between versions, if anybody does. */
export function conversionErrors({ strategy, webhook }: Conversion): FieldError[] {
  const at = 'spec.conversion'
  const config = webhook?.clientConfig
  const versions = webhook?.conversionReviewVersions ?? []
  if (strategy !== 'Webhook') {
    const detail = 'should not be set when strategy is not set to Webhook'
    return [
      ...(config === undefined ? [] : [forbidden(`${at}.webhookClientConfig`, detail)]),
      ...(versions.length === 0 ? [] : [forbidden(`${at}.conversionReviewVersions`, detail)]),
    ]
  }
  const field = `${at}.webhookClientConfig`
  return [
    ...(config === undefined ? [required(field, 'required when strategy is set to Webhook')] : []),
    ...(config !== undefined && (config.url === undefined) === (config.service === undefined)
      ? [required(field, 'exactly one of url or service is required')]
      : []),
    ...reviewVersionErrors(versions, `${at}.conversionReviewVersions`),
  ]
}

function reviewVersionErrors(versions: readonly string[], field: string): FieldError[] {
  if (versions.length === 0) return [required(field)]
  return [
    ...versions.flatMap((version, index) =>
      versions.indexOf(version) < index
        ? [invalid(`${field}[${index}]`, version, 'duplicate version')]
        : dns1035Label(version).map((fault) => invalid(`${field}[${index}]`, version, fault)),
    ),
    ...(versions.some((version) => REVIEW_VERSIONS.includes(version))
      ? []
      : [invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)]),
  ]
}
