import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { formed, oneOf } from '../validation/checks.ts'
import { dns1035Label, dnsSubdomain } from '../validation/names.ts'
import { labelSelectorErrors } from '../validation/selectors.ts'
import { MATCH_POLICIES, matchConditionErrors } from './admission_match.ts'
import { ruleErrors } from './admission_rule.ts'
import { webhookClientErrors } from './webhook_client.ts'

type Webhook = Wire<k8s.V1ValidatingWebhook> & Pick<Wire<k8s.V1MutatingWebhook>, 'reinvocationPolicy'>

export const FAILURE_POLICIES = ['Fail', 'Ignore']
export const REINVOCATION_POLICIES = ['IfNeeded', 'Never']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const REVIEW_VERSIONS = ['v1', 'v1beta1']
const TIMEOUT_SECONDS_MAX = 30

/** What is wrong with the webhooks of a configuration. */
export function webhookErrors(webhooks: readonly Webhook[]): FieldError[] {
  const names = webhooks.map(({ name }) => name)
  return webhooks.flatMap((webhook, index) => [
    ...oneWebhookErrors(webhook, `webhooks[${index}]`),
    ...reviewVersionErrors(webhook.admissionReviewVersions ?? [], `webhooks[${index}].admissionReviewVersions`),
    ...(webhook.name && names.indexOf(webhook.name) < index
      ? [duplicate(`webhooks[${index}].name`, webhook.name)]
      : []),
  ])
}

function oneWebhookErrors(webhook: Webhook, at: string): FieldError[] {
  const { timeoutSeconds: seconds } = webhook
  const timeout = `the timeout value must be between 1 and ${TIMEOUT_SECONDS_MAX} seconds`
  return [
    ...nameErrors(webhook.name ?? '', `${at}.name`),
    ...(webhook.rules ?? []).flatMap((rule, index) => ruleErrors(rule, `${at}.rules[${index}]`)),
    ...choice(webhook.failurePolicy, FAILURE_POLICIES, `${at}.failurePolicy`),
    ...choice(webhook.matchPolicy, MATCH_POLICIES, `${at}.matchPolicy`),
    ...((webhook.sideEffects ?? undefined) === undefined
      ? [sideEffectsMissing(at)]
      : choice(webhook.sideEffects, SIDE_EFFECTS, `${at}.sideEffects`)),
    ...(seconds !== undefined && (seconds < 1 || seconds > TIMEOUT_SECONDS_MAX)
      ? [invalid(`${at}.timeoutSeconds`, seconds, timeout)]
      : []),
    ...labelSelectorErrors(webhook.namespaceSelector, `${at}.namespaceSelector`),
    ...labelSelectorErrors(webhook.objectSelector, `${at}.objectSelector`),
    ...oneOf(webhook.reinvocationPolicy, REINVOCATION_POLICIES, `${at}.reinvocationPolicy`),
    ...webhookClientErrors(webhook.clientConfig ?? {}, `${at}.clientConfig`),
    ...matchConditionErrors(webhook.matchConditions, `${at}.matchConditions`),
  ]
}

const choice = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [notSupported(field, value, known)]

const sideEffectsMissing = (at: string): FieldError =>
  required(`${at}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`)

function nameErrors(name: string, field: string): FieldError[] {
  const errors = name === '' ? [required(field)] : dnsSubdomain(name).map((fault) => invalid(field, name, fault))
  if (errors.length > 0 || name.split('.').length >= 3) return errors
  return [invalid(field, name, 'should be a domain with at least three segments separated by dots')]
}

function reviewVersionErrors(versions: readonly string[], field: string): FieldError[] {
  if (versions.length === 0) return [required(field, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)]
  const known = versions.some((one) => REVIEW_VERSIONS.includes(one))
  return [
    ...versions.flatMap((one, index) =>
      versions.indexOf(one) < index
        ? [invalid(`${field}[${index}]`, one, 'duplicate version')]
        : formed(one, dns1035Label, `${field}[${index}]`),
    ),
    ...(known ? [] : [invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)]),
  ]
}
