import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { fillNumber, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { conditionTypeErrors } from './flow_schema_rules.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type PriorityLevel = StoredWithSpec<k8s.V1PriorityLevelConfiguration>
type Limited = Wire<k8s.V1LimitedPriorityLevelConfiguration>
type Exempt = Wire<k8s.V1ExemptPriorityLevelConfiguration>
type Queuing = Wire<k8s.V1QueuingConfiguration>

const TYPES = ['Exempt', 'Limited']
const RESPONSES = ['Queue', 'Reject']
const SHARES_DEFAULT = 30
const QUEUES_MAX = 10_000_000
/** How many bits the hash that deals the queues has. */
const HASH_BITS = 60
const AT = 'spec.limited'

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  if (spec.exempt) {
    spec.exempt.nominalConcurrencyShares ??= 0
    spec.exempt.lendablePercent ??= 0
  }
  if (!spec.limited) return
  spec.limited.nominalConcurrencyShares ??= SHARES_DEFAULT
  spec.limited.lendablePercent ??= 0
  const queuing = spec.limited.limitResponse?.queuing
  if (!queuing) return
  fillNumber(queuing, 'queues', 64)
  fillNumber(queuing, 'handSize', 8)
  fillNumber(queuing, 'queueLengthLimit', 50)
}

function validate({ metadata, spec }: PriorityLevel): FieldError[] {
  const type = spec.type ?? ''
  const mismatch = (metadata.name === 'exempt') !== (type === 'Exempt')
  const onlyExempt = "must be 'Exempt' if and only if `name` is 'exempt'"
  return [...(mismatch ? [invalid('spec.type', type, onlyExempt)] : []), ...typeErrors(type, spec)]
}

function typeErrors(type: string, { limited, exempt }: PriorityLevel['spec']): FieldError[] {
  switch (type) {
    case 'Exempt':
      return [
        ...(limited === undefined ? [] : [forbidden(AT, 'must be nil if the type is not Limited')]),
        ...shareErrors(exempt, 'spec.exempt'),
        ...lendableErrors(exempt, 'spec.exempt'),
      ]
    case 'Limited':
      return [
        ...(exempt === undefined ? [] : [forbidden('spec.exempt', 'must be nil if the type is Limited')]),
        ...(limited === undefined ? [required(AT, 'must not be empty when type is Limited')] : limitedErrors(limited)),
      ]
    case '':
      return [required('spec.type')]
    default:
      return [notSupported('spec.type', type, TYPES)]
  }
}

const notNegative = 'must be a non-negative integer'

const shareErrors = (level: Limited | Exempt | undefined, at: string): FieldError[] =>
  (level?.nominalConcurrencyShares ?? 0) < 0
    ? [invalid(`${at}.nominalConcurrencyShares`, level?.nominalConcurrencyShares, notNegative)]
    : []

function lendableErrors(level: Limited | Exempt | undefined, at: string): FieldError[] {
  const percent = level?.lendablePercent ?? 0
  return percent < 0 || percent > 100
    ? [invalid(`${at}.lendablePercent`, percent, 'must be between 0 and 100, inclusive')]
    : []
}

function limitedErrors(limited: Limited): FieldError[] {
  const borrowing = limited.borrowingLimitPercent ?? 0
  return [
    ...shareErrors(limited, AT),
    ...responseErrors(limited.limitResponse, `${AT}.limitResponse`),
    ...lendableErrors(limited, AT),
    ...(borrowing < 0 ? [invalid(`${AT}.borrowingLimitPercent`, borrowing, `if specified, ${notNegative}`)] : []),
  ]
}

function responseErrors(response: Limited['limitResponse'], at: string): FieldError[] {
  const { type, queuing } = response ?? {}
  const when = 'if limited.limitResponse.type is not Limited'
  if (!type) return [required(`${at}.type`)]
  if (!RESPONSES.includes(type)) return [notSupported(`${at}.type`, type, RESPONSES)]
  if (type === 'Reject') return queuing === undefined ? [] : [forbidden(`${at}.queuing`, `must be nil ${when}`)]
  if (queuing !== undefined) return queuingErrors(queuing, `${at}.queuing`)
  return [required(`${at}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')]
}

function queuingErrors({ queues = 0, handSize = 0, queueLengthLimit = 0 }: Queuing, at: string): FieldError[] {
  const positive = 'must be positive'
  return [
    ...(queueLengthLimit <= 0 ? [invalid(`${at}.queueLengthLimit`, queueLengthLimit, positive)] : []),
    ...(queues <= 0 ? [invalid(`${at}.queues`, queues, positive)] : []),
    ...(queues > QUEUES_MAX ? [invalid(`${at}.queues`, queues, `must not be greater than ${QUEUES_MAX}`)] : []),
    ...handErrors(queues, handSize, `${at}.handSize`),
  ]
}

/** A request is dealt a hand of queues: it must be of them, and the hash must have the bits to deal it. */
function handErrors(queues: number, handSize: number, field: string): FieldError[] {
  if (handSize <= 0) return [invalid(field, handSize, 'must be positive')]
  if (handSize > queues) return [invalid(field, handSize, `should not be greater than queues (${queues})`)]
  if (Math.ceil(Math.log2(queues) * handSize) <= HASH_BITS) return []
  const detail = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${HASH_BITS}`
  return [invalid(field, handSize, detail)]
}

/** How much of the server a queue gets. */
export const priorityLevelRules: KindRules<PriorityLevel> = {
  resource: clusterRef('flowcontrol.apiserver.k8s.io/v1', 'prioritylevelconfigurations', 'PriorityLevelConfiguration'),
  generation: 'spec',
  defaults,
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: (draft, old) => {
    draft['status'] = structuredClone(old.status ?? {})
  },
  validateCreate: validate,
  validateStatusUpdate: ({ status }) => conditionTypeErrors(status),
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
