import type { FieldError } from '../field_error.ts'
import type { KindRules, RuleContext, SubresourceRules } from '../kind_rules.ts'
import type { KubeObject } from '../types.ts'
import { ipForm } from '../validation/addresses.ts'
import {
  commonMetadataErrors,
  commonMetadataUpdateErrors,
  type MetadataForm,
  metadataErrors,
  metadataUpdateErrors,
} from '../validation/metadata.ts'
import { dnsLabel, dnsSubdomain, pathSegment } from '../validation/names.ts'
import { metadataChecksOf } from './metadata_checks.ts'

const NAME_FORMS = {
  'dns-subdomain': dnsSubdomain,
  'dns-label': dnsLabel,
  'path-segment': pathSegment,
  'ip-address': ipForm,
}

/** The two ways to look at metadata, as strict about finalizers as the kind is. */
function looksAt({ resource }: KindRules) {
  const free = metadataChecksOf(resource).anyFinalizer === true
  return {
    whole: free ? commonMetadataErrors : metadataErrors,
    change: free ? commonMetadataUpdateErrors : metadataUpdateErrors,
  }
}

const formOf = (rules: KindRules): MetadataForm => ({
  namespaced: rules.resource.namespaced,
  nameForm: NAME_FORMS[rules.nameForm ?? 'dns-subdomain'],
})

/** Everything that is wrong with a new object, metadata included. */
export function validateNew(rules: KindRules, object: KubeObject, context: RuleContext): FieldError[] {
  const first = rules.validateFirst?.(object, undefined) ?? []
  if (first.length > 0) return first
  const own = () => rules.validateCreate?.(named(object), context) ?? []
  if (metadataChecksOf(rules.resource).lastOnCreate) {
    const errors = own()
    return errors.length > 0 ? errors : commonMetadataErrors(object.metadata, formForAllKinds(rules))
  }
  const looks = looksAt(rules)
  return [...looks.whole(object.metadata, formOf(rules)), ...own()]
}

/** A name that is missing is a fault of the metadata; for the kind's own rules it is empty, as it is in Go. */
const named = (object: KubeObject): KubeObject =>
  object.metadata.name === undefined ? { ...object, metadata: { ...object.metadata, name: '' } } : object

/**
 * Everything that is wrong with a changed object. Upstream checks metadata once for all kinds and once
 * more in each kind, each time as an object and as a change: so a fault shows up to four times.
 */
export function validateChange(
  rules: KindRules,
  object: KubeObject,
  old: KubeObject,
  context: RuleContext,
): FieldError[] {
  const first = rules.validateFirst?.(object, old) ?? []
  if (first.length > 0) return first
  const form = formOf(rules)
  const looks = looksAt(rules)
  const ownLooks = metadataChecksOf(rules.resource).onUpdate.flatMap((look) =>
    look === 'whole' ? looks.whole(object.metadata, form) : looks.change(object.metadata, old.metadata),
  )
  return [
    ...changeForAllKinds(rules, object, old),
    ...ownLooks,
    ...(rules.validateUpdate?.(object, old, context) ?? rules.validateCreate?.(object, context) ?? []),
  ]
}

/** Everything that is wrong with a change through a subresource that the kind has rules for. */
export function validateSubresourceChange(
  rules: KindRules,
  subresource: SubresourceRules,
  object: KubeObject,
  old: KubeObject,
): FieldError[] {
  return [
    ...changeForAllKinds(rules, object, old),
    ...looksAt(rules).change(object.metadata, old.metadata),
    ...subresource.validateUpdate(object, old),
  ]
}

/** Everything that is wrong with a change through `/status`. */
export function validateStatusChange(
  rules: KindRules,
  object: KubeObject,
  old: KubeObject,
  context: RuleContext,
): FieldError[] {
  const isBare = metadataChecksOf(rules.resource).bareStatus === true
  return [
    ...changeForAllKinds(rules, object, old),
    ...(isBare ? [] : looksAt(rules).change(object.metadata, old.metadata)),
    ...(rules.validateStatusUpdate?.(object, old, context) ?? []),
  ]
}

const formForAllKinds = ({ resource }: KindRules): MetadataForm => ({
  namespaced: resource.namespaced,
  nameForm: pathSegment,
})

/** The part of a change's validation that upstream runs for every kind, before the kind's own. */
function changeForAllKinds(rules: KindRules, object: KubeObject, old: KubeObject): FieldError[] {
  return [
    ...commonMetadataErrors(object.metadata, formForAllKinds(rules)),
    ...commonMetadataUpdateErrors(object.metadata, old.metadata),
  ]
}
