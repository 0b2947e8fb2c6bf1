import type * as k8s from '@kubernetes/client-node'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { unknownFormats } from './custom_resource_formats.ts'
import type { Schema } from './custom_resource_schema.ts'
import { customResourceErrors, customResourceUpdateErrors } from './custom_resource_validation.ts'
import { fill, items, keepSpec, part } from './draft.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

const HTTPS_PORT = 443

export type CustomResourceDefinition = StoredWithSpec<k8s.V1CustomResourceDefinition>

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  const names = part(spec, 'names')
  if (names.kind) {
    fill(names, 'singular', String(names.kind).toLowerCase())
    fill(names, 'listKind', `${names.kind}List`)
  }
  const conversion = part(spec, 'conversion')
  fill(conversion, 'strategy', 'None')
  const service = conversion.webhook?.clientConfig?.service
  if (service) service.port ??= HTTPS_PORT
}

/** Only what the newest definition stores is stored yet. */
function prepareCreate(draft: MutableObject): void {
  const stored = items(draft['spec'].versions).find((version) => version.storage === true)
  draft['status'] = {
    conditions: null,
    acceptedNames: { plural: '', kind: '' },
    storedVersions: stored === undefined ? null : [stored.name],
  }
}

/** A version that objects were once stored in stays noted. */
function prepareUpdate(draft: MutableObject, old: CustomResourceDefinition): void {
  const status = structuredClone(old.status) as MutableObject['status']
  draft['status'] = status
  const stored = items(draft['spec'].versions).find((version) => version.storage === true)
  if (stored === undefined || !status) return
  status.storedVersions ??= []
  if (!status.storedVersions.includes(stored.name)) status.storedVersions.push(stored.name)
}

/** Formats that nobody checks, where they are new. */
function formatWarnings({ spec }: CustomResourceDefinition, old: CustomResourceDefinition | undefined): string[] {
  const formatsOf = (versions: CustomResourceDefinition['spec']['versions'] | undefined): string[] =>
    (versions ?? []).flatMap(({ schema }) => unknownFormats((schema?.openAPIV3Schema ?? {}) as Schema))
  const known = new Set(formatsOf(old?.spec.versions))
  return formatsOf(spec.versions)
    .filter((format) => !known.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`)
}

/** Definitions of kinds that users bring. */
export const customResourceDefinitionRules: KindRules<CustomResourceDefinition> = {
  resource: clusterRef('apiextensions.k8s.io/v1', 'customresourcedefinitions', 'CustomResourceDefinition'),
  generation: 'spec',
  deleteAnswersObject: true,
  defaults,
  prepareCreate,
  prepareUpdate,
  prepareStatusUpdate: keepSpec,
  validateCreate: customResourceErrors,
  validateUpdate: customResourceUpdateErrors,
  warnings: formatWarnings,
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
}
