import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { Wire } from '../types.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { portErrors } from '../validation/numbers.ts'
import { labelSelectorErrors } from '../validation/selectors.ts'

type Webhook = Wire<k8s.V1ValidatingWebhook>
type Rule = Wire<k8s.V1RuleWithOperations>

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
export const FAILURE_POLICIES = ['Fail', 'Ignore']
export const MATCH_POLICIES = ['Equivalent', 'Exact']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const REVIEW_VERSIONS = ['v1', 'v1beta1']
const TIMEOUT_SECONDS_MAX = 30
const URL_FORM = 'desired format: https://host[/path]'

/** What is wrong with the webhooks of a configuration. */
export function webhookErrors(webhooks: readonly Webhook[]): FieldError[] {
  return webhooks.flatMap((webhook, index) => oneWebhookErrors(webhook, `webhooks[${index}]`))
}

function oneWebhookErrors(webhook: Webhook, at: string): FieldError[] {
  const { timeoutSeconds: seconds } = webhook
  const timeout = `the timeout value must be between 1 and ${TIMEOUT_SECONDS_MAX} seconds`
  return [
    ...nameErrors(webhook.name ?? '', `${at}.name`),
    ...(webhook.rules ?? []).flatMap((rule, index) => ruleErrors(rule, `${at}.rules[${index}]`)),
    ...choice(webhook.failurePolicy, FAILURE_POLICIES, `${at}.failurePolicy`),
    ...choice(webhook.matchPolicy, MATCH_POLICIES, `${at}.matchPolicy`),
    ...(webhook.sideEffects
      ? choice(webhook.sideEffects, SIDE_EFFECTS, `${at}.sideEffects`)
      : [sideEffectsMissing(at)]),
    ...(seconds !== undefined && (seconds < 1 || seconds > TIMEOUT_SECONDS_MAX)
      ? [invalid(`${at}.timeoutSeconds`, seconds, timeout)]
      : []),
    ...labelSelectorErrors(webhook.namespaceSelector, `${at}.namespaceSelector`),
    ...labelSelectorErrors(webhook.objectSelector, `${at}.objectSelector`),
    ...clientErrors(webhook.clientConfig ?? {}, `${at}.clientConfig`),
    ...reviewVersionErrors(webhook.admissionReviewVersions ?? [], `${at}.admissionReviewVersions`),
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

/** Which requests a webhook or a policy is about. */
export function ruleErrors(rule: Rule, at: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const onlyStar = "if '*' is present, must not specify other values"
  const listErrors = (list: readonly string[], field: string) => [
    ...(list.length === 0 ? [required(field)] : []),
    ...(list.length > 1 && list.includes('*') ? [invalid(field, list, onlyStar)] : []),
  ]
  return [
    ...(operations.length === 0 ? [required(`${at}.operations`)] : []),
    ...operations.flatMap((one, index) => choice(one, OPERATIONS, `${at}.operations[${index}]`)),
    ...listErrors(apiGroups, `${at}.apiGroups`),
    ...listErrors(apiVersions, `${at}.apiVersions`),
    ...(resources.length === 0 ? [required(`${at}.resources`)] : []),
    ...choice(scope, SCOPES, `${at}.scope`),
  ]
}

function clientErrors({ url, service }: Partial<Webhook['clientConfig']>, at: string): FieldError[] {
  if ((url === undefined) === (service === undefined))
    return [required(at, 'exactly one of url or service is required')]
  if (url !== undefined) return urlErrors(url, `${at}.url`)
  return [
    ...(service?.name ? [] : [required(`${at}.service.name`, 'service name is required')]),
    ...(service?.namespace ? [] : [required(`${at}.service.namespace`, 'service namespace is required')]),
    ...(service?.port === undefined ? [] : portErrors(service.port, `${at}.service.port`)),
  ]
}

function urlErrors(text: string, field: string): FieldError[] {
  if (!URL.canParse(text)) return [required(field, `url must be a valid URL; ${URL_FORM}`)]
  const url = new URL(text)
  const scheme = url.protocol.slice(0, -1)
  return [
    ...(scheme === 'https' ? [] : [invalid(field, scheme, `'https' is the only allowed URL scheme; ${URL_FORM}`)]),
    ...(url.host === '' ? [invalid(field, url.host, `host must be specified; ${URL_FORM}`)] : []),
    ...(url.username === '' ? [] : [invalid(field, url.username, 'user information is not permitted in the URL')]),
    ...(url.hash === '' ? [] : [invalid(field, url.hash.slice(1), 'fragments are not permitted in the URL')]),
    ...(url.search === ''
      ? []
      : [invalid(field, url.search.slice(1), 'query parameters are not permitted in the URL')]),
  ]
}

function reviewVersionErrors(versions: readonly string[], field: string): FieldError[] {
  if (versions.length === 0) return [required(field, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)]
  if (versions.some((one) => REVIEW_VERSIONS.includes(one))) return []
  return [invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)]
}
