import type * as k8s from '@kubernetes/client-node'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { items, type Loose, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type Stored } from './refs.ts'
import { webhookErrors } from './webhook_validation.ts'

const GROUP_VERSION = 'admissionregistration.k8s.io/v1'
const TIMEOUT_SECONDS_DEFAULT = 10
const HTTPS_PORT = 443

type Validating = Stored<k8s.V1ValidatingWebhookConfiguration>
type Mutating = Stored<k8s.V1MutatingWebhookConfiguration>

function webhookDefaults(webhook: Loose): void {
  webhook.failurePolicy ??= 'Fail'
  webhook.matchPolicy ??= 'Equivalent'
  part(webhook, 'namespaceSelector')
  part(webhook, 'objectSelector')
  webhook.timeoutSeconds ??= TIMEOUT_SECONDS_DEFAULT
  const { service } = part(webhook, 'clientConfig')
  if (service) service.port ??= HTTPS_PORT
  for (const rule of items(webhook.rules)) rule.scope ??= '*'
}

const defaults = (draft: MutableObject): void => items(draft['webhooks']).forEach(webhookDefaults)

function mutatingDefaults(draft: MutableObject): void {
  defaults(draft)
  for (const webhook of items(draft['webhooks'])) webhook.reinvocationPolicy ??= 'Never'
}

/** Webhooks that may refuse a write. */
export const validatingWebhookRules: KindRules<Validating> = {
  resource: clusterRef(GROUP_VERSION, 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
  generation: 'spec',
  defaults,
  validateCreate: ({ webhooks }) => webhookErrors(webhooks ?? []),
  cells: ({ metadata, webhooks }, now) => [
    metadata.name,
    (webhooks ?? []).length,
    ageOf(metadata.creationTimestamp, now),
  ],
}

/** Webhooks that may change a write. */
export const mutatingWebhookRules: KindRules<Mutating> = {
  resource: clusterRef(GROUP_VERSION, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
  generation: 'spec',
  defaults: mutatingDefaults,
  validateCreate: ({ webhooks }) => webhookErrors(webhooks ?? []),
  cells: ({ metadata, webhooks }, now) => [
    metadata.name,
    (webhooks ?? []).length,
    ageOf(metadata.creationTimestamp, now),
  ],
}
