import { type FieldError, invalid, required, SpelledValue } from '../../field_error.ts'
import { immutableErrors } from '../../validation/metadata.ts'
import { dnsSubdomain } from '../../validation/names.ts'
import { items, type Loose } from '../draft.ts'
import { nodeSelectorErrors } from '../pod/pod_validation_affinity.ts'
import { deviceNameErrors, driverErrors, formErrors, poolNameErrors, setErrors } from './resource_common.ts'
import { deviceErrors, mapErrors } from './resource_device_validation.ts'

const DEVICES_MAX = 128
/** A slice whose devices have taints or counters may have fewer. */
const ELABORATE_DEVICES_MAX = 64
const COUNTER_SETS_MAX = 8
const COUNTERS_MAX = 32

/** What is wrong with what a driver says it has. */
export function sliceErrors(spec: Loose, old: Loose | undefined): FieldError[] {
  const field = 'spec'
  const devices = items(spec.devices)
  const most = devices.some(isElaborate) ? ELABORATE_DEVICES_MAX : DEVICES_MAX
  const sets = { most: COUNTER_SETS_MAX, keyOf: ({ name = '' }: Loose) => name }
  const perDevice = spec.perDeviceNodeSelection === true
  return [
    ...driverErrors(spec.driver, `${field}.driver`),
    ...poolErrors(spec.pool ?? {}, `${field}.pool`),
    ...(old === undefined ? [] : movedErrors(spec, old)),
    ...placeErrors(spec),
    ...(spec.sharedCounters !== undefined && spec.devices !== undefined
      ? [invalid(field, '', 'only one of `sharedCounters` or `devices` is allowed')]
      : []),
    ...setErrors(devices, { most, keyOf: ({ name = '' }: Loose) => name }, `${field}.devices`, (device, at) => {
      const before = items(old?.devices).find(({ name }) => name === device.name)
      return deviceErrors(device, before, at, perDevice)
    }),
    ...setErrors<Loose>(spec.sharedCounters, sets, `${field}.sharedCounters`, counterSetErrors),
  ]
}

const isElaborate = ({ taints, consumesCounters }: Loose): boolean =>
  items(taints).length > 0 || items(consumesCounters).length > 0

function poolErrors({ name, resourceSliceCount = 0, generation = 0 }: Loose, field: string): FieldError[] {
  return [
    ...poolNameErrors(name, `${field}.name`),
    ...(resourceSliceCount > 0
      ? []
      : [invalid(`${field}.resourceSliceCount`, resourceSliceCount, 'must be greater than zero')]),
    ...(generation < 0 ? [invalid(`${field}.generation`, generation, 'must be greater than or equal to zero')] : []),
  ]
}

/** A slice stays with its driver, its pool and its node. */
const movedErrors = (spec: Loose, old: Loose): FieldError[] => [
  ...immutableErrors(spec.pool?.name ?? '', old.pool?.name ?? '', 'spec.pool.name'),
  ...immutableErrors(spec.driver ?? '', old.driver ?? '', 'spec.driver'),
  ...immutableErrors(spec.nodeName, old.nodeName, 'spec.nodeName'),
]

const ONE_PLACE = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

/** Where the devices are is said in exactly one way. */
function placeErrors({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: Loose): FieldError[] {
  const said = [
    ...(nodeName ? ['`nodeName`'] : []),
    ...(nodeSelector ? ['`nodeSelector`'] : []),
    ...(allNodes === true ? ['`allNodes`'] : []),
    ...(perDeviceNodeSelection === true ? ['`perDeviceNodeSelection`'] : []),
  ]
  const truth = 'must be either unset or set to true'
  return [
    ...(nodeName === undefined ? [] : nodeNameErrors(nodeName, 'must be either unset or set to a non-empty string')),
    ...(nodeSelector ? selectorErrors(nodeSelector) : []),
    ...(allNodes === false ? [invalid('spec.allNodes', false, truth)] : []),
    ...(perDeviceNodeSelection === false ? [invalid('spec.perDeviceNodeSelection', false, truth)] : []),
    ...(said.length === 0 ? [required('spec', ONE_PLACE)] : []),
    ...(said.length > 1 ? [invalid('spec', `{${said.join(', ')}}`, `${ONE_PLACE}, but multiple fields are set`)] : []),
  ]
}

const nodeNameErrors = (name: string, emptyFault: string): FieldError[] =>
  name === '' ? [invalid('spec.nodeName', name, emptyFault)] : formErrors(dnsSubdomain)(name, 'spec.nodeName')

function selectorErrors(selector: Loose): FieldError[] {
  const terms = items(selector.nodeSelectorTerms)
  const errors = nodeSelectorErrors(selector, 'spec.nodeSelector')
  if (terms.length === 1) return errors
  const shown = new SpelledValue(JSON.stringify(terms.map(asWritten)))
  return [...errors, invalid('spec.nodeSelector.nodeSelectorTerms', shown, 'must have exactly one node selector term')]
}

/** Upstream shows its own struct. */
const asWritten = ({ matchExpressions, matchFields }: Loose): object => ({
  MatchExpressions: matchExpressions ?? null,
  MatchFields: matchFields ?? null,
})

function counterSetErrors({ name = '', counters }: Loose, field: string): FieldError[] {
  return [
    ...(name === '' ? [required(`${field}.name`)] : deviceNameErrors(name, `${field}.name`)),
    ...countersErrors(counters, `${field}.counters`),
  ]
}

/** Counters are named as devices are; any amount will do. */
const countersErrors = (counters: Loose, field: string): FieldError[] =>
  Object.keys(counters ?? {}).length === 0
    ? [required(field)]
    : mapErrors(counters, COUNTERS_MAX, field, deviceNameErrors, () => [])
