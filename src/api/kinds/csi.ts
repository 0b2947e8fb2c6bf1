import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { formed } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { goNamed } from '../validation/go_names.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsSubdomain, qualifiedName } from '../validation/names.ts'
import { nonNegative } from '../validation/numbers.ts'
import { csiDriverNameErrors } from './csi_driver_name.ts'
import { items, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type CsiDriver = StoredWithSpec<k8s.V1CSIDriver>
type CsiNode = StoredWithSpec<k8s.V1CSINode>

const GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType']
const LIFECYCLES = ['Persistent', 'Ephemeral']
const TOKEN_SECONDS_MIN = 600
const NODE_PERIOD_SECONDS_MIN = 10
const NAME_CHARACTERS_MAX = 63

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  spec.attachRequired ??= true
  spec.podInfoOnMount ??= false
  spec.storageCapacity ??= false
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
  if (items(spec.volumeLifecycleModes).length === 0) spec.volumeLifecycleModes = ['Persistent']
  spec.requiresRepublish ??= false
  spec.seLinuxMount ??= false
  // Behind a gate that v1.36 ships off.
  delete spec.preventPodSchedulingIfMissing
}

function validateDriver({ spec, metadata }: CsiDriver): FieldError[] {
  const { fsGroupPolicy: policy } = spec
  return [
    ...nameErrors(metadata.name, 'metadata.name'),
    ...(policy !== undefined && !GROUP_POLICIES.includes(policy)
      ? [notSupported('spec.fsGroupPolicy', policy, GROUP_POLICIES)]
      : []),
    ...tokenErrors(spec.tokenRequests ?? []),
    ...(spec.volumeLifecycleModes ?? []).flatMap((mode) =>
      LIFECYCLES.includes(mode) ? [] : [notSupported('spec.volumeLifecycleModes', mode, LIFECYCLES)],
    ),
    ...nodePeriodErrors(spec.nodeAllocatableUpdatePeriodSeconds),
    ...(spec.serviceAccountTokenInSecrets !== undefined && (spec.tokenRequests ?? []).length === 0
      ? [
          invalid(
            'spec.serviceAccountTokenInSecrets',
            spec.serviceAccountTokenInSecrets,
            'serviceAccountTokenInSecrets is set but no tokenRequests are specified',
          ),
        ]
      : []),
  ]
}

function nameErrors(name: string, field: string): FieldError[] {
  if (name.length > NAME_CHARACTERS_MAX)
    return [invalid(field, name, `must be no more than ${NAME_CHARACTERS_MAX} characters`)]
  return field === 'metadata.name' ? [] : dnsSubdomain(name.toLowerCase()).map((fault) => invalid(field, name, fault))
}

const nodePeriodErrors = (seconds: number | undefined): FieldError[] =>
  seconds !== undefined && seconds < NODE_PERIOD_SECONDS_MIN
    ? [
        invalid(
          'spec.nodeAllocatableUpdatePeriodSeconds',
          seconds,
          `must be greater than or equal to ${NODE_PERIOD_SECONDS_MIN} seconds`,
        ),
      ]
    : []

function tokenErrors(requests: NonNullable<CsiDriver['spec']['tokenRequests']>): FieldError[] {
  const audiences = new Set<string>()
  return requests.flatMap(({ audience, expirationSeconds: seconds }, index) => {
    const at = `spec.tokenRequests[${index}]`
    if (audiences.has(audience)) return [duplicate(`${at}.audience`, audience)]
    audiences.add(audience)
    return seconds !== undefined && seconds < TOKEN_SECONDS_MIN
      ? [invalid(`${at}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')]
      : []
  })
}

/** Upstream misspells the first field. */
const driverChangeErrors = ({ spec }: CsiDriver, { spec: old }: CsiDriver): FieldError[] => [
  ...immutableErrors(spec.attachRequired, old.attachRequired, 'spec.attachedRequired'),
  ...immutableErrors(spec.fsGroupPolicy, old.fsGroupPolicy, 'spec.fsGroupPolicy'),
  ...immutableErrors(spec.volumeLifecycleModes, old.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
]

const TOKENS_BESIDE_ATTRIBUTES =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes'

/** Tokens go among a volume's attributes unless the driver says that it reads them elsewhere. */
function driverWarnings({ spec }: CsiDriver, old: CsiDriver | undefined): string[] {
  const asksAnew = (spec.tokenRequests ?? []).length > 0 && !equal(spec.tokenRequests, old?.spec.tokenRequests)
  return asksAnew && spec.serviceAccountTokenInSecrets === undefined ? [TOKENS_BESIDE_ATTRIBUTES] : []
}

/** What a storage driver can do. */
export const csiDriverRules: KindRules<CsiDriver> = {
  resource: clusterRef('storage.k8s.io/v1', 'csidrivers', 'CSIDriver'),
  deleteAnswersObject: true,
  generation: 'none',
  defaults,
  validateCreate: validateDriver,
  validateUpdate: driverChangeErrors,
  warnings: driverWarnings,
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    (spec.tokenRequests ?? []).map(({ audience }) => audience).join(',') || '<unset>',
    spec.requiresRepublish ?? false,
    (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
    ageOf(metadata.creationTimestamp, now),
  ],
}

type NodeDriver = CsiNode['spec']['drivers'][number]

function validateNode({ spec }: CsiNode): FieldError[] {
  const names = new Set<string>()
  return (spec.drivers ?? []).flatMap((driver, index) => {
    const at = `spec.drivers[${index}]`
    const errors = [
      ...csiDriverNameErrors(driver.name ?? '', `${at}.name`),
      ...(driver.nodeID ? [] : [required(`${at}.nodeID`)]),
      ...nonNegative(driver.allocatable?.count, `${at}.allocatable.count`),
      ...(names.has(driver.name) ? [duplicate(`${at}.name`, driver.name)] : []),
      ...(driver.topologyKeys ?? []).flatMap((key, place) => [
        ...((driver.topologyKeys ?? []).indexOf(key) < place ? [duplicate(at, key)] : []),
        ...(key === '' ? [required(at)] : []),
        ...formed(key, qualifiedName, at),
      ]),
    ]
    names.add(driver.name)
    return errors
  })
}

/** A driver of a node may come and go, but not change. */
const nodeChangeErrors = ({ spec }: CsiNode, { spec: old }: CsiNode): FieldError[] =>
  (old.drivers ?? []).flatMap((before: NodeDriver) => {
    const after = (spec.drivers ?? []).find((one) => one.name === before.name)
    if (after === undefined || equal(after, before)) return []
    return [invalid('spec.drivers', goNamed('storage.CSINodeDriver', after), 'field is immutable')]
  })

/** Which storage drivers a node has. */
export const csiNodeRules: KindRules<CsiNode> = {
  resource: clusterRef('storage.k8s.io/v1', 'csinodes', 'CSINode'),
  deleteAnswersObject: true,
  generation: 'none',
  validateCreate: validateNode,
  validateUpdate: (node, old) => [...validateNode(node), ...nodeChangeErrors(node, old)],
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    (spec.drivers ?? []).length,
    ageOf(metadata.creationTimestamp, now),
  ],
}
