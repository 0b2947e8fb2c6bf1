import type { Millis } from '../../base/clock.ts'
import { duplicate, type FieldError, forbidden, internal, invalid, notSupported, required } from '../field_error.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import { NODES } from '../resources.ts'
import type { Node } from '../types.ts'
import { CIDR_FAULT, isCidr } from '../validation/addresses.ts'
import { equal } from '../validation/equality.ts'
import { goNamed } from '../validation/go_names.ts'
import { labelKeyErrors } from '../validation/labels.ts'
import { labelValue } from '../validation/names.ts'
import { items, keepStatus, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { nodeStatusErrors, prepareNodeStatus } from './node_status.ts'

const NOT_READY_TAINT = 'node.kubernetes.io/not-ready'
const ROLE_PREFIX = 'node-role.kubernetes.io/'
const ROLE_LABEL = 'kubernetes.io/role'
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const INFO_FIELDS = [
  'machineID',
  'systemUUID',
  'bootID',
  'kernelVersion',
  'osImage',
  'containerRuntimeVersion',
  'kubeletVersion',
  'kubeProxyVersion',
  'operatingSystem',
  'architecture',
]

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  // The first range stands in both fields; where they differ, the single one counts.
  const [first] = items(spec.podCIDRs)
  if (spec.podCIDR && first !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR]
  else if (first !== undefined) spec.podCIDR = first
  const status = part(draft, 'status')
  part(part(status, 'daemonEndpoints'), 'kubeletEndpoint').Port ??= 0
  if (status.allocatable === undefined && status.capacity !== undefined) status.allocatable = { ...status.capacity }
  const info = part(status, 'nodeInfo')
  for (const field of INFO_FIELDS) info[field] ??= ''
}

/** Nothing is scheduled on a node before it has said that it is ready. */
function prepareCreate(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  delete spec.configSource
  const taints = items(spec.taints)
  if (taints.some((taint) => taint.key === NOT_READY_TAINT && taint.effect === 'NoSchedule')) return
  spec.taints = [...taints, { key: NOT_READY_TAINT, effect: 'NoSchedule' }]
}

type Taints = NonNullable<Node['spec']['taints']>

function taintErrors(taints: Taints = []): FieldError[] {
  const seen = new Set<string>()
  return taints.flatMap((taint, index) => {
    const at = `metadata.taints[${index}]`
    const key = `${taint.key}:${taint.effect}`
    const errors = [
      ...labelKeyErrors(taint.key ?? '', `${at}.key`),
      ...labelValue(taint.value ?? '').map((fault) => invalid(`${at}.value`, taint.value, fault)),
      ...effectErrors(taint.effect, `${at}.effect`),
      ...(seen.has(key) ? [repeatedTaint(at, taint)] : []),
    ]
    seen.add(key)
    return errors
  })
}

function repeatedTaint(field: string, taint: Taints[number]): FieldError {
  const error = duplicate(field, goNamed('core.Taint', taint))
  return { ...error, message: `${error.message}: taints must be unique by key and effect pair` }
}

function effectErrors(effect: string | undefined, field: string): FieldError[] {
  if (!effect) return [required(field)]
  return EFFECTS.includes(effect) ? [] : [notSupported(field, effect, EFFECTS)]
}

/** One range of each family of addresses. */
function rangeErrors(ranges: readonly string[]): FieldError[] {
  const field = 'spec.podCIDRs'
  const errors = ranges.flatMap((range, index) =>
    isCidr(range) ? [] : [invalid(`${field}[${index}]`, range, CIDR_FAULT)],
  )
  if (ranges.length < 2) return errors
  const bad = ranges.findIndex((range) => !isCidr(range))
  const failed = 'invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR'
  const families = new Set(ranges.map((range) => range.includes(':')))
  const isPair = bad < 0 && ranges.length === 2 && families.size === 2
  return [
    ...errors,
    ...(bad < 0 ? [] : [internal(field, `${failed}[${bad}]: <nil> (invalid CIDR address: ${ranges[bad]})`)]),
    ...(isPair ? [] : [invalid(field, ranges, 'may specify no more than one CIDR for each IP family')]),
  ]
}

const validate = ({ spec }: Node): FieldError[] => [...taintErrors(spec.taints), ...rangeErrors(spec.podCIDRs ?? [])]

/** Upstream looks at the taints twice here. */
function validateUpdate({ spec }: Node, { spec: old }: Node): FieldError[] {
  const moved = (old.podCIDRs ?? []).length > 0 && !equal(spec.podCIDRs, old.podCIDRs)
  return [
    ...validate({ spec } as Node),
    ...(moved ? [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')] : []),
    ...(old.providerID && old.providerID !== spec.providerID
      ? [forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')]
      : []),
    ...taintErrors(spec.taints),
    ...((spec.externalID ?? '') === (old.externalID ?? '') ? [] : [forbidden('spec.externalID', 'may not be updated')]),
  ]
}

function statusCell({ spec, status }: Node): string {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready')
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec.unschedulable ? `${word},SchedulingDisabled` : word
}

function rolesCell({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) return [key.slice(ROLE_PREFIX.length)]
    return key === ROLE_LABEL && value !== '' ? [value] : []
  })
  return roles.length === 0 ? '<none>' : [...new Set(roles)].sort().join(',')
}

function kernelCell({ status }: Node): string {
  const { kernelVersion, architecture } = status?.nodeInfo ?? {}
  if (!kernelVersion) return '<unknown>'
  return architecture ? `${kernelVersion} (${architecture})` : kernelVersion
}

function cells(node: Node, now: Millis): Cell[] {
  const { metadata, status } = node
  const address = (type: string) => status?.addresses?.find((one) => one.type === type)?.address ?? '<none>'
  return [
    metadata.name,
    statusCell(node),
    rolesCell(node),
    ageOf(metadata.creationTimestamp, now),
    status?.nodeInfo?.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    status?.nodeInfo?.osImage || '<unknown>',
    kernelCell(node),
    status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
  ]
}

/** Machines. */
export const nodeRules: KindRules<Node> = {
  resource: NODES,
  generation: 'none',
  defaults,
  prepareCreate,
  prepareUpdate: (draft, old) => {
    keepStatus(draft, old)
    if (old.spec.configSource === undefined) delete draft['spec'].configSource
  },
  prepareStatusUpdate: prepareNodeStatus,
  validateStatusUpdate: nodeStatusErrors,
  validateCreate: validate,
  warnings: ({ spec }) =>
    spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : [],
  validateUpdate,
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec.unschedulable ?? false) }),
  cells,
}
