import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required, SpelledValue } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { fillNumber, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { conditionTypeErrors, flowRuleErrors } from './flow_schema_rules.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type FlowSchema = StoredWithSpec<k8s.V1FlowSchema>

const GROUP_VERSION = 'flowcontrol.apiserver.k8s.io/v1'
const PRECEDENCE_DEFAULT = 1000
const PRECEDENCE_MAX = 10_000
const EXEMPT_PRECEDENCE = 1
const METHODS = ['ByNamespace', 'ByUser']

function validate({ metadata, spec }: FlowSchema): FieldError[] {
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method } = spec
  const name = spec.priorityLevelConfiguration?.name ?? ''
  return [
    ...(precedence <= 0 ? [invalid('spec.matchingPrecedence', precedence, 'must be a positive value')] : []),
    ...(precedence > PRECEDENCE_MAX
      ? [invalid('spec.matchingPrecedence', precedence, `must not be greater than ${PRECEDENCE_MAX}`)]
      : []),
    ...(precedence === EXEMPT_PRECEDENCE && metadata.name !== 'exempt'
      ? [invalid('spec.matchingPrecedence', precedence, "only the schema named 'exempt' may have matchingPrecedence 1")]
      : []),
    ...(method !== undefined && !METHODS.includes(method.type)
      ? [
          notSupported(
            'spec.distinguisherMethod.type',
            new SpelledValue(JSON.stringify({ Type: method.type ?? '' })),
            METHODS,
          ),
        ]
      : []),
    ...levelNameErrors(name),
    ...(spec.rules ?? []).flatMap((rule, index) => flowRuleErrors(rule, `spec.rules[${index}]`)),
  ]
}

function levelNameErrors(name: string): FieldError[] {
  const field = 'spec.priorityLevelConfiguration.name'
  if (name === '') return [required(field, 'must reference a priority level')]
  return dnsSubdomain(name).map((fault) => invalid(field, name, fault))
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
  validateStatusUpdate: ({ status }) => conditionTypeErrors(status),
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.priorityLevelConfiguration.name,
    spec.matchingPrecedence ?? 0,
    spec.distinguisherMethod?.type ?? '<none>',
    ageOf(metadata.creationTimestamp, now),
    status?.conditions?.find((condition) => condition.type === 'Dangling')?.status ?? '?',
  ],
}
