import { type FieldError, forbidden, invalid, notSupported, required, sortedMap } from '../field_error.ts'
import { matchesLabels } from '../selector_match.ts'
import type { PersistentVolumeClaim, PodSpec, StatefulSet, Volume } from '../types.ts'
import { goNamed, goSame } from '../validation/go_names.ts'
import { dnsLabel } from '../validation/names.ts'
import { amountOrPercentErrors, nonNegative, percentAtMostHundred } from '../validation/numbers.ts'
import { isEmptySelector, labelSelectorErrors, spelledSelector } from '../validation/selectors.ts'
import { claimSpecErrors } from './claim_validation.ts'
import { templateErrors, templateMetadataErrors } from './pod/pod_template.ts'

const ANY_POLICY = ['Always', 'OnFailure', 'Never']
const RETENTION_POLICIES = ['Retain', 'Delete']
const MUTABLE_FIELDS = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const
const SPEC_FORBIDDEN = `updates to statefulset spec for fields other than ${MUTABLE_FIELDS.slice(0, -1)
  .map((name) => `'${name}'`)
  .join(', ')} and 'minReadySeconds' are forbidden`

type Spec = StatefulSet['spec']

/** What is wrong with a new set. What cannot change is checked at creation only: old sets may have anything there. */
export const statefulSetErrors = (set: StatefulSet): FieldError[] =>
  specErrors(set.spec, [claimTemplateErrors(set.spec), serviceNameErrors(set.spec)])

const serviceNameErrors = ({ serviceName }: Spec): FieldError[] =>
  serviceName ? dnsLabel(serviceName).map((fault) => invalid('spec.serviceName', serviceName, fault)) : []

function specErrors(spec: Spec, [claims, serviceName]: readonly [FieldError[], FieldError[]]): FieldError[] {
  return [
    ...managementErrors(spec),
    ...strategyErrors(spec),
    ...retentionErrors(spec),
    ...claims,
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
    ...serviceName,
    ...selectorErrors(spec),
    ...setTemplateErrors(spec),
  ]
}

function managementErrors({ podManagementPolicy: policy }: Spec): FieldError[] {
  const field = 'spec.podManagementPolicy'
  if (!policy) return [required(field)]
  if (policy === 'OrderedReady' || policy === 'Parallel') return []
  return [invalid(field, policy, "must be 'OrderedReady' or 'Parallel'")]
}

function strategyErrors({ updateStrategy: strategy }: Spec): FieldError[] {
  const field = 'spec.updateStrategy'
  const rolling = strategy?.rollingUpdate
  if (!strategy?.type) return [required(field)]
  if (strategy.type === 'RollingUpdate') {
    return [
      ...nonNegative(rolling?.partition, `${field}.rollingUpdate.partition`),
      ...maxUnavailableErrors(rolling?.maxUnavailable, `${field}.rollingUpdate.maxUnavailable`),
    ]
  }
  if (strategy.type === 'OnDelete') {
    if (rolling === undefined) return []
    const value = goNamed('apps.RollingUpdateStatefulSetStrategy', rolling)
    return [invalid(`${field}.rollingUpdate`, value, "only allowed for updateStrategy 'RollingUpdate'")]
  }
  return [invalid(field, goNamed('apps.StatefulSetUpdateStrategy', strategy), "must be 'RollingUpdate' or 'OnDelete'")]
}

/** Only seen when its feature is on: else the field is dropped before. */
function maxUnavailableErrors(amount: number | string | undefined, field: string): FieldError[] {
  return [
    ...amountOrPercentErrors(amount, field),
    ...(amount === 0 || amount === '0%' ? [invalid(field, amount, 'cannot be 0')] : []),
    ...percentAtMostHundred(amount, field),
  ]
}

function retentionErrors({ persistentVolumeClaimRetentionPolicy: policy }: Spec): FieldError[] {
  return (['whenDeleted', 'whenScaled'] as const).flatMap((moment) => {
    const value = policy?.[moment]
    if (value === undefined || RETENTION_POLICIES.includes(value)) return []
    return [notSupported(`spec.persistentVolumeClaimRetentionPolicy.${moment}`, value, RETENTION_POLICIES)]
  })
}

function selectorErrors({ selector }: Spec): FieldError[] {
  if (!selector) return [required('spec.selector')]
  const errors = labelSelectorErrors(selector, 'spec.selector')
  const empty = isEmptySelector(selector)
  return empty
    ? [...errors, invalid('spec.selector', spelledSelector(selector), 'empty selector is invalid for statefulset')]
    : errors
}

const claimTemplateErrors = (spec: Spec): FieldError[] =>
  (spec.volumeClaimTemplates ?? []).flatMap((claim, index) =>
    claimSpecErrors(claim.spec ?? {}, `spec.volumeClaimTemplates[${index}].spec`),
  )

/** A selector that cannot be read is one more fault, and nothing can be said about the template's labels. */
function setTemplateErrors(spec: Spec): FieldError[] {
  const { selector, template } = spec
  if (selector && labelSelectorErrors(selector, '').length > 0) {
    return [invalid('spec.selector', selector), ...deadlineErrors(spec)]
  }
  if (selector && isEmptySelector(selector)) return restErrors(spec)
  const labels = template.metadata?.labels
  const matches = Boolean(selector) && matchesLabels(selector, labels)
  const mismatch = '`selector` does not match template `labels`'
  return [
    ...(matches ? [] : [invalid('spec.template.metadata.labels', sortedMap(labels), mismatch)]),
    ...restErrors(spec),
  ]
}

/** Upstream looks at the template's metadata twice. */
const restErrors = (spec: Spec): FieldError[] => [
  ...templateErrors(withClaimVolumes(spec), 'spec.template', ANY_POLICY),
  ...templateMetadataErrors(spec.template, 'spec.template'),
  ...alwaysErrors(spec),
  ...deadlineErrors(spec),
]

const alwaysErrors = ({ template }: Spec): FieldError[] => {
  const policy = template.spec?.restartPolicy
  if (policy === undefined || policy === 'Always') return []
  return [notSupported('spec.template.spec.restartPolicy', policy, ['Always'])]
}

const deadlineErrors = ({ template }: Spec): FieldError[] =>
  template.spec?.activeDeadlineSeconds === undefined
    ? []
    : [forbidden('spec.template.spec.activeDeadlineSeconds', 'activeDeadlineSeconds in StatefulSet is not Supported')]

/**
 * Containers may mount a claim template as if it were a volume, and it comes before one of the same name. The set
 * names its pods' hosts itself, whatever the template says.
 */
function withClaimVolumes(spec: Spec): StatefulSet['spec']['template'] {
  const { template } = spec
  const claims = spec.volumeClaimTemplates ?? []
  if (template.spec === undefined) return template
  const names = new Set(claims.map((claim) => claim.metadata?.name ?? ''))
  const own = (template.spec.volumes ?? []).filter((volume) => !names.has(volume.name))
  const { hostname: _hostname, subdomain: _subdomain, ...rest } = template.spec
  return { ...template, spec: { ...rest, volumes: [...claims.map(claimVolume), ...own] } as PodSpec }
}

function claimVolume(
  claim: Partial<Pick<PersistentVolumeClaim, 'metadata'>> | { readonly metadata?: { readonly name?: string } },
): Volume {
  const name = claim.metadata?.name ?? ''
  return { name, persistentVolumeClaim: { claimName: name } }
}

/** What is wrong with a change of a set: most of the spec may not change. */
export function statefulSetUpdateErrors(set: StatefulSet, old: StatefulSet): FieldError[] {
  return [
    ...specErrors(set.spec, [[], []]),
    ...(goSame('apps.StatefulSetSpec', fixedPart(set.spec), fixedPart(old.spec))
      ? []
      : [forbidden('spec', SPEC_FORBIDDEN)]),
  ]
}

function fixedPart(spec: Spec): object {
  const rest: Record<string, unknown> = { ...spec }
  for (const field of MUTABLE_FIELDS) delete rest[field]
  return rest
}

const COUNTS = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const

/** What is wrong with the status of a set: counts are not negative and not above each other. */
export function statefulSetStatusErrors(set: StatefulSet): FieldError[] {
  const { status } = set
  const count = (name: (typeof COUNTS)[number]): number => status?.[name] ?? 0
  const total = status?.replicas ?? 0
  return [
    ...nonNegative(total, 'status.replicas'),
    ...COUNTS.flatMap((name) => nonNegative(count(name), `status.${name}`)),
    ...nonNegative(status?.observedGeneration, 'status.observedGeneration'),
    ...nonNegative(status?.collisionCount, 'status.collisionCount'),
    ...COUNTS.flatMap((name) =>
      count(name) > total ? [invalid(`status.${name}`, count(name), 'cannot be greater than status.replicas')] : [],
    ),
    ...(count('availableReplicas') > count('readyReplicas')
      ? [invalid('status.availableReplicas', count('availableReplicas'), 'cannot be greater than status.readyReplicas')]
      : []),
  ]
}
