import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, SpelledValue } from '../../field_error.ts'
import type { KindRules } from '../../kind_rules.ts'
import { equal } from '../../validation/equality.ts'
import { goNamed, goSame } from '../../validation/go_names.ts'
import { labelErrors } from '../../validation/labels.ts'
import { annotationErrors } from '../../validation/metadata.ts'
import { keepStatus, type Loose, part } from '../draft.ts'
import { ageOf } from '../durations.ts'
import { otherMetadataErrors } from '../pod/pod_validation_ephemeral.ts'
import { namespacedRef, type StoredWithSpec } from '../refs.ts'
import { claimSpecDefaults, claimSpecErrors } from './resource_claim_spec.ts'
import { claimStatusErrors } from './resource_claim_status.ts'

type ResourceClaim = StoredWithSpec<k8s.ResourceV1ResourceClaim>
type ResourceClaimTemplate = StoredWithSpec<k8s.V1ResourceClaimTemplate>

const CLAIM_SPEC = 'resource.ResourceClaimSpec'

const unchangedErrors = (spec: unknown, old: unknown): FieldError[] =>
  goSame(CLAIM_SPEC, spec, old) ? [] : [invalid('spec', goNamed(CLAIM_SPEC, spec), 'field is immutable')]

/** The metadata of a template stand beside its spec in upstream's struct. */
function templateUnchangedErrors(spec: Loose, old: Loose): FieldError[] {
  if (equal(spec.metadata, old.metadata) && goSame(CLAIM_SPEC, spec.spec, old.spec)) return []
  const metadata = JSON.stringify(spec.metadata ?? {}).slice(1, -1)
  const shown = `{${metadata}${metadata === '' ? '' : ','}"Spec":${goNamed(CLAIM_SPEC, spec.spec).text}}`
  return [invalid('spec', new SpelledValue(shown), 'field is immutable')]
}

function stateOf({ metadata, status }: ResourceClaim): string {
  const states = [
    ...(metadata.deletionTimestamp === undefined ? [] : ['deleted']),
    ...(status?.allocation ? ['allocated'] : []),
    ...(status?.reservedFor?.length ? ['reserved'] : []),
  ]
  return states.length === 0 ? 'pending' : states.join(',')
}

/** Somebody's wish for devices. Nothing here hands devices out: it is checked and kept. */
export const resourceClaimRules: KindRules<ResourceClaim> = {
  resource: namespacedRef('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim'),
  deleteAnswersObject: true,
  defaults: (draft) => {
    claimSpecDefaults(part(draft, 'spec'))
    part(draft['spec'], 'devices')
    part(draft, 'status')
  },
  prepareCreate: (draft) => {
    draft['status'] = {}
  },
  prepareUpdate: keepStatus,
  validateCreate: ({ spec }) => claimSpecErrors(spec, 'spec'),
  validateUpdate: ({ spec }, old) => unchangedErrors(spec, old.spec),
  validateStatusUpdate: claimStatusErrors,
  cells: (claim, now) => [claim.metadata.name, stateOf(claim), ageOf(claim.metadata.creationTimestamp, now)],
}

const templateMetadataErrors = (metadata: Loose, field: string): FieldError[] => [
  ...annotationErrors(metadata.annotations, `${field}.annotations`),
  ...labelErrors(metadata.labels, `${field}.labels`),
  ...otherMetadataErrors(metadata, field),
]

const templateErrors = (spec: Loose): FieldError[] => [
  ...templateMetadataErrors(spec.metadata ?? {}, 'spec.metadata'),
  ...claimSpecErrors(spec.spec, 'spec.spec'),
]

/** What claims are made of for pods that name the template. */
export const resourceClaimTemplateRules: KindRules<ResourceClaimTemplate> = {
  resource: namespacedRef('resource.k8s.io/v1', 'resourceclaimtemplates', 'ResourceClaimTemplate'),
  deleteAnswersObject: true,
  defaults: (draft) => {
    const spec = part(draft, 'spec')
    part(spec, 'metadata')
    claimSpecDefaults(part(spec, 'spec'))
    part(spec.spec, 'devices')
  },
  validateCreate: ({ spec }) => templateErrors(spec),
  validateUpdate: ({ spec }, old) => [...templateErrors(spec), ...templateUnchangedErrors(spec, old.spec)],
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
}
