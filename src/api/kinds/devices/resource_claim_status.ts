import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
  SpelledValue,
  tooLong,
  tooMany,
} from '../../field_error.ts'
import type { KubeObject } from '../../types.ts'
import { isCidr } from '../../validation/addresses.ts'
import { conditionErrors } from '../../validation/conditions.ts'
import { goNamed, goSame } from '../../validation/go_names.ts'
import { items, type Loose } from '../draft.ts'
import { nodeSelectorErrors } from '../pod/pod_validation_affinity.ts'
import { requestNames, requestRefErrors, requestRefsErrors } from './resource_claim_spec.ts'
import {
  bindingErrors,
  configurationErrors,
  deviceNameErrors,
  driverErrors,
  itself,
  listErrors,
  opaqueErrors,
  poolNameErrors,
  setErrors,
} from './resource_common.ts'

const RESERVED_MAX = 256
const RESULTS_MAX = 32
const CONFIGURATIONS_MAX = 64
const CONDITIONS_MAX = 8
const ADDRESSES_MAX = 16
const INTERFACE_BYTES_MAX = 256
const HARDWARE_BYTES_MAX = 128
const SOURCES = ['FromClaim', 'FromClass']
const UNLIMITED = Number.POSITIVE_INFINITY

type Claim = KubeObject & { readonly spec?: unknown; readonly status?: unknown }

/** What is wrong with who has a claim, what was allocated to it, and what drivers say of that. */
export function claimStatusErrors(claim: Claim, old: Claim): FieldError[] {
  const [status, before]: [Loose, Loose] = [claim.status ?? {}, old.status ?? {}]
  const names = requestNames(items((claim.spec as Loose)?.devices?.requests))
  const reserved = { most: RESERVED_MAX, keyOf: ({ uid }: Loose) => uid ?? '' }
  const allocated = new Set(items(status.allocation?.devices?.results).map(deviceId))
  return [
    ...setErrors<Loose>(status.reservedFor, reserved, 'status.reservedFor', consumerErrors),
    ...setErrors<Loose>(status.devices, { most: UNLIMITED, keyOf: deviceId }, 'status.devices', (one, at) =>
      deviceStatusErrors(one, at, allocated),
    ),
    ...reservationErrors(claim, status, before),
    ...allocationErrors(status.allocation, before.allocation, names),
  ]
}

const consumerErrors = (consumer: Loose, field: string): FieldError[] =>
  ['resource', 'name', 'uid'].flatMap((name) => (consumer[name] ? [] : [required(`${field}.${name}`)]))

const deviceId = ({ driver = '', pool = '', device = '', shareID }: Loose): string =>
  [driver, pool, device, ...(shareID ? [shareID] : [])].join('/')

function reservationErrors({ metadata }: Claim, status: Loose, before: Loose): FieldError[] {
  const consumers = items(status.reservedFor)
  const field = 'status.reservedFor'
  if (consumers.length === 0) return []
  if (!status.allocation) return [forbidden(field, 'may not be specified when `allocated` is not set')]
  const isNew = (one: Loose): boolean => !items(before.reservedFor).some((other) => goSame(CONSUMER, one, other))
  if (metadata.deletionTimestamp === undefined || !consumers.some(isNew)) return []
  return [forbidden(field, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')]
}

const CONSUMER = 'resource.ResourceClaimConsumerReference'
const ALLOCATION = 'resource.AllocationResult'

/** What was allocated does not change; it can only be taken away. */
function allocationErrors(allocation: Loose, before: Loose, names: ReadonlySet<string>): FieldError[] {
  const field = 'status.allocation'
  if (!allocation) return []
  if (before) {
    if (goSame(ALLOCATION, allocation, before)) return []
    return [invalid(field, goNamed(ALLOCATION, allocation), 'field is immutable')]
  }
  const { devices = {}, nodeSelector } = allocation
  return [
    ...listErrors<Loose>(devices.results, RESULTS_MAX, `${field}.devices.results`, (one, at) =>
      resultErrors(one, at, names),
    ),
    ...listErrors<Loose>(devices.config, CONFIGURATIONS_MAX, `${field}.devices.config`, (one, at) => [
      ...sourceErrors(one.source, `${at}.source`),
      ...requestRefsErrors(one.requests, `${at}.requests`, names),
      ...configurationErrors(one, at),
    ]),
    ...(nodeSelector ? nodeSelectorErrors(nodeSelector, `${field}.nodeSelector`) : []),
  ]
}

function sourceErrors(source: string | undefined, field: string): FieldError[] {
  if (!source) return [required(field)]
  return SOURCES.includes(source) ? [] : [notSupported(field, source, SOURCES)]
}

const resultErrors = (result: Loose, field: string, names: ReadonlySet<string>): FieldError[] => [
  ...requestRefErrors(result.request ?? '', `${field}.request`, names),
  ...driverErrors(result.driver, `${field}.driver`),
  ...poolNameErrors(result.pool, `${field}.pool`),
  ...deviceNameErrors(result.device, `${field}.device`),
  ...bindingErrors(result, field),
  ...shareErrors(result.shareID, `${field}.shareID`),
]

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const UUID_LENGTH = 36

function shareErrors(uid: string | undefined, field: string): FieldError[] {
  if (uid === undefined || UUID.test(uid)) return []
  const fault = UUID.test(uid.toLowerCase())
    ? 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
    : `error validating uid: ${uid.length === UUID_LENGTH ? 'invalid UUID format' : `invalid UUID length: ${uid.length}`}`
  return [invalid(field, uid, fault)]
}

/** What a driver says of a device that the claim has. */
function deviceStatusErrors(device: Loose, field: string, allocated: ReadonlySet<string>): FieldError[] {
  const { driver = '', pool = '', device: name = '', shareID, conditions, data, networkData } = device
  const id = deviceId(device)
  const shown = new SpelledValue(JSON.stringify({ Driver: driver, Pool: pool, Device: name, ShareID: shareID ?? '' }))
  const places = { conditions: `${field}.conditions`, data: `${field}.data`, network: `${field}.networkData` }
  const count = items(conditions).length
  return [
    ...driverErrors(driver, `${field}.driver`),
    ...poolNameErrors(pool, `${field}.pool`),
    ...deviceNameErrors(name, `${field}.device`),
    ...shareErrors(shareID, `${field}.shareID`),
    ...(allocated.has(id) ? [] : [invalid(field, shown, 'must be an allocated device in the claim')]),
    ...(count > CONDITIONS_MAX ? [tooMany(places.conditions, count, CONDITIONS_MAX)] : []),
    ...conditionErrors(conditions, places.conditions),
    ...(data === undefined || data === null ? [] : opaqueErrors(data, places.data)),
    ...networkErrors(networkData ?? {}, places.network),
  ]
}

function networkErrors({ interfaceName = '', hardwareAddress = '', ips }: Loose, field: string): FieldError[] {
  const long = (value: string, most: number, name: string): FieldError[] =>
    value.length > most ? [tooLong(`${field}.${name}`, most)] : []
  const set = { most: ADDRESSES_MAX, keyOf: itself }
  const fault = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'
  return [
    ...long(interfaceName, INTERFACE_BYTES_MAX, 'interfaceName'),
    ...long(hardwareAddress, HARDWARE_BYTES_MAX, 'hardwareAddress'),
    ...setErrors<string>(ips, set, `${field}.ips`, (ip, at) => (isCidr(ip) ? [] : [invalid(at, ip, fault)])),
  ]
}
