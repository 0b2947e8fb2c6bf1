import {
  type FieldError,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
  tooLong,
  tooMany,
} from '../../field_error.ts'
import { equal } from '../../validation/equality.ts'
import { dnsSubdomain } from '../../validation/names.ts'
import type { Loose } from '../draft.ts'
import { nodeSelectorErrors } from '../pod/pod_validation_affinity.ts'
import {
  attributeNameErrors,
  bindingErrors,
  deviceNameErrors,
  EFFECTS,
  formErrors,
  labelNameErrors,
  labelValueErrors,
  listErrors,
  setErrors,
} from './resource_common.ts'
import { requestPolicyErrors } from './resource_request_policy.ts'

const ATTRIBUTES_AND_CAPACITIES_MAX = 32
const ATTRIBUTE_VALUES_MAX = 48
const TAINTS_MAX = 16
const CONSUMPTIONS_MAX = 2
const COUNTERS_MAX = 32
const VALUE_BYTES_MAX = 64

/** What is wrong with one device of a slice; taints that were there before are let be. */
export function deviceErrors(device: Loose, old: Loose, field: string, perDevice: boolean): FieldError[] {
  const { name, attributes = {}, capacity = {}, taints, consumesCounters } = device
  const consumptions = { most: CONSUMPTIONS_MAX, keyOf: ({ counterSet = '' }: Loose) => counterSet }
  return [
    ...deviceNameErrors(name, `${field}.name`),
    ...amountErrors(attributes, capacity, field),
    ...mapErrors(attributes, UNLIMITED, `${field}.attributes`, attributeNameErrors, attributeErrors),
    ...mapErrors(capacity, UNLIMITED, `${field}.capacity`, attributeNameErrors, (one, at) =>
      capacityErrors(one, at, device.allowMultipleAllocations === true),
    ),
    ...(old !== undefined && equal(old.taints, taints)
      ? []
      : listErrors<Loose>(taints, TAINTS_MAX, `${field}.taints`, taintErrors)),
    ...setErrors<Loose>(consumesCounters, consumptions, `${field}.consumesCounters`, consumptionErrors),
    ...(perDevice ? placeErrors(device, field) : noPlaceErrors(device, field)),
    ...bindingErrors(device, field),
    ...mappingErrors(device, `${field}.nodeAllocatableResourceMappings`),
  ]
}

const UNLIMITED = Number.POSITIVE_INFINITY

type Check = (value: Loose, field: string) => FieldError[]

/** Keys are checked where the map stands, values under their keys. */
export function mapErrors(map: Loose, most: number, field: string, ofKey: Check, ofValue: Check): FieldError[] {
  const entries = Object.entries<Loose>(map ?? {})
  if (entries.length > most) return [tooMany(field, entries.length, most)]
  return entries.flatMap(([key, value]) => [...ofKey(key, field), ...ofValue(value, `${field}[${key}]`)])
}

function amountErrors(attributes: Loose, capacity: Loose, field: string): FieldError[] {
  const together = Object.keys(attributes).length + Object.keys(capacity).length
  const values = Object.keys(attributes).length
  const fault = (what: string, most: number) => `the total number of ${what} must not exceed ${most}`
  return [
    ...(together > ATTRIBUTES_AND_CAPACITIES_MAX
      ? [invalid(field, together, fault('attributes and capacities', ATTRIBUTES_AND_CAPACITIES_MAX))]
      : []),
    ...(values > ATTRIBUTE_VALUES_MAX ? [invalid(field, values, fault('attribute values', ATTRIBUTE_VALUES_MAX))] : []),
  ]
}

const SINGLES = ['bool', 'int', 'string', 'version'] as const

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/

/** An attribute has exactly one value. */
function attributeErrors(attribute: Loose, field: string): FieldError[] {
  const given = SINGLES.filter((name) => attribute[name] !== undefined)
  const fault = 'exactly one value must be specified'
  return [
    ...textErrors(attribute.string, `${field}.string`),
    ...versionErrors(attribute.version, `${field}.version`),
    ...(given.length === 0 ? [invalid(field, '', fault)] : []),
    ...(given.length > 1 ? [invalid(field, asWritten(attribute), fault)] : []),
  ]
}

/** Upstream shows its own struct. */
const asWritten = ({ int = null, bool = null, string = null, version = null }: Loose): object => ({
  ...{ IntValue: int, BoolValue: bool, StringValue: string, VersionValue: version },
  ...{ IntValues: null, BoolValues: null, StringValues: null, VersionValues: null },
})

const textErrors = (text: string | undefined, field: string): FieldError[] =>
  text !== undefined && text.length > VALUE_BYTES_MAX ? [tooLong(field, VALUE_BYTES_MAX)] : []

const versionErrors = (text: string | undefined, field: string): FieldError[] => [
  ...(text === undefined || VERSION.test(text)
    ? []
    : [invalid(field, text, 'must be a string compatible with semver.org spec 2.0.0')]),
  ...textErrors(text, field),
]

/** How much of a capacity may be asked for is said only where several may have a part of it. */
function capacityErrors({ value, requestPolicy }: Loose, field: string, isShared: boolean): FieldError[] {
  if (!requestPolicy) return []
  const at = `${field}.requestPolicy`
  if (!isShared) return [forbidden(at, 'allowMultipleAllocations must be true')]
  return requestPolicyErrors(value ?? '0', requestPolicy, at)
}

function taintErrors({ key = '', value, effect }: Loose, field: string): FieldError[] {
  return [
    ...labelNameErrors(key, `${field}.key`),
    ...(value ? labelValueErrors(value, `${field}.value`) : []),
    ...(effect ? [] : [required(`${field}.effect`)]),
    ...(effect && !EFFECTS.includes(effect) ? [notSupported(`${field}.effect`, effect, EFFECTS)] : []),
  ]
}

function consumptionErrors({ counterSet = '', counters }: Loose, field: string): FieldError[] {
  const at = `${field}.counters`
  return [
    ...(counterSet === '' ? [required(`${field}.counterSet`)] : deviceNameErrors(counterSet, `${field}.counterSet`)),
    ...(Object.keys(counters ?? {}).length === 0
      ? [required(at)]
      : mapErrors(counters, COUNTERS_MAX, at, deviceNameErrors, () => [])),
  ]
}

const ONE_PLACE =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
const NO_PLACE =
  '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'

function placeErrors({ nodeName, nodeSelector, allNodes }: Loose, field: string): FieldError[] {
  const said = [
    ...(nodeName ? ['`nodeName`'] : []),
    ...(nodeSelector ? ['`nodeSelector`'] : []),
    ...(allNodes === true ? ['`allNodes`'] : []),
  ]
  return [
    ...(nodeName ? formErrors(dnsSubdomain)(nodeName, `${field}.nodeName`) : []),
    ...(nodeName === '' ? [invalid(`${field}.nodeName`, nodeName, 'must not be empty')] : []),
    ...(nodeSelector ? nodeSelectorErrors(nodeSelector, `${field}.nodeSelector`) : []),
    ...(allNodes === false ? [invalid(`${field}.allNodes`, false, 'must be either unset or set to true')] : []),
    ...(said.length === 0 ? [required(field, ONE_PLACE)] : []),
    ...(said.length > 1 ? [invalid(field, `{${said.join(', ')}}`, ONE_PLACE)] : []),
  ]
}

const noPlaceErrors = ({ nodeName, nodeSelector, allNodes }: Loose, field: string): FieldError[] =>
  nodeName === undefined && nodeSelector === undefined && allNodes === undefined ? [] : [invalid(field, null, NO_PLACE)]

const NATIVE = new Set(['cpu', 'memory', 'ephemeral-storage'])
const isNative = (name: string): boolean => NATIVE.has(name) || !name.includes('/') || name.includes('kubernetes.io/')

/** What a device takes of its node's own resources. */
function mappingErrors({ nodeAllocatableResourceMappings, capacity = {} }: Loose, field: string): FieldError[] {
  return Object.entries<Loose>(nodeAllocatableResourceMappings ?? {}).flatMap(([name, mapping]) => {
    const at = `${field}[${name}]`
    const { capacityKey } = mapping
    return [
      ...(isNative(name) ? [] : [invalid(at, name, 'must be a node allocatable resource name')]),
      ...(capacityKey === '' ? [invalid(`${at}.capacityKey`, '', 'capacityKey must not be an empty string')] : []),
      ...(capacityKey && capacity[capacityKey] === undefined ? [notFound(`${at}.capacityKey`, capacityKey)] : []),
    ]
  })
}
