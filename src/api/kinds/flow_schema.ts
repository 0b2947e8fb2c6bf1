import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required, SpelledValue } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { fillNumber, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type FlowSchema = StoredWithSpec<k8s.V1FlowSchema>
type PriorityLevel = StoredWithSpec<k8s.V1PriorityLevelConfiguration>
type Rule = NonNullable<FlowSchema['spec']['rules']>[number]

const GROUP_VERSION = 'flowcontrol.apiserver.k8s.io/v1'
const PRECEDENCE_DEFAULT = 1000
const PRECEDENCE_MAX = 10_000
const METHODS = ['ByNamespace', 'ByUser']
const LEVEL_TYPES = ['Exempt', 'Limited']

function validate({ spec }: FlowSchema): FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method } = spec
  const name = spec.priorityLevelConfiguration?.name ?? ''
  return [
    ...(precedence <= 0 ? [invalid('spec.matchingPrecedence', precedence, 'must be a positive value')] : []),
    ...(precedence > PRECEDENCE_MAX
      ? [invalid('spec.matchingPrecedence', precedence, `must not be greater than ${PRECEDENCE_MAX}`)]
      : []),
    ...(method !== undefined && !METHODS.includes(method.type)
      ? [
          notSupported(
            'spec.distinguisherMethod.type',
            new SpelledValue(JSON.stringify({ Type: method.type })),
            METHODS,
          ),
        ]
      : []),
    ...levelNameErrors(name),
    ...(spec.rules ?? []).flatMap((rule, index) => ruleErrors(rule, `spec.rules[${index}]`)),
  ]
}

function levelNameErrors(name: string): FieldError[] {
  const field = 'spec.priorityLevelConfiguration.name'
  if (name === '') return [required(field, 'must reference a priority level')]
  return dnsSubdomain(name).map((fault) => invalid(field, name, fault))
}

function ruleErrors({ subjects, resourceRules = [], nonResourceRules = [] }: Rule, at: string): FieldError[] {
  const empty = resourceRules.length + nonResourceRules.length === 0
  return [
    ...((subjects ?? []).length === 0 ? [required(`${at}.subjects`, 'subjects must contain at least one value')] : []),
    ...(empty ? [required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty')] : []),
  ]
}

const keepStatus = (draft: MutableObject, old: { readonly status?: unknown }): void => {
  if (old.status === undefined) delete draft['status']
  else draft['status'] = structuredClone(old.status)
}

/** Which requests share a queue. */
export const flowSchemaRules: KindRules<FlowSchema> = {
  resource: clusterRef(GROUP_VERSION, 'flowschemas', 'FlowSchema'),
  generation: 'spec',
  defaults: (draft) => fillNumber(part(draft, 'spec'), 'matchingPrecedence', PRECEDENCE_DEFAULT),
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: keepStatus,
  validateCreate: validate,
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.priorityLevelConfiguration.name,
    spec.matchingPrecedence ?? 0,
    spec.distinguisherMethod?.type ?? '<none>',
    ageOf(metadata.creationTimestamp, now),
    status?.conditions?.find((condition) => condition.type === 'Dangling')?.status ?? '?',
  ],
}

function levelDefaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  if (spec.type === 'Exempt') {
    part(spec, 'exempt').nominalConcurrencyShares ??= 0
    spec.exempt.lendablePercent ??= 0
  }
  if (!spec.limited) return
  spec.limited.nominalConcurrencyShares ??= 30
  spec.limited.lendablePercent ??= 0
  const queuing = spec.limited.limitResponse?.queuing
  if (!queuing) return
  fillNumber(queuing, 'queues', 64)
  fillNumber(queuing, 'handSize', 8)
  fillNumber(queuing, 'queueLengthLimit', 50)
}

/** How much of the server a queue gets. */
export const priorityLevelRules: KindRules<PriorityLevel> = {
  resource: clusterRef(GROUP_VERSION, 'prioritylevelconfigurations', 'PriorityLevelConfiguration'),
  generation: 'spec',
  defaults: levelDefaults,
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: keepStatus,
  validateCreate: ({ spec }) =>
    LEVEL_TYPES.includes(spec.type) ? [] : [notSupported('spec.type', spec.type, LEVEL_TYPES)],
  cells: ({ metadata, spec }, now) => {
    const queuing = spec.limited?.limitResponse?.queuing
    return [
      metadata.name,
      spec.type,
      spec.limited?.nominalConcurrencyShares ?? spec.exempt?.nominalConcurrencyShares ?? '<none>',
      queuing?.queues ?? '<none>',
      queuing?.handSize ?? '<none>',
      queuing?.queueLengthLimit ?? '<none>',
      ageOf(metadata.creationTimestamp, now),
    ]
  },
}
