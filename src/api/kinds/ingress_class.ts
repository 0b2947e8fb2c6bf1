import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import { formed, requiredFormed } from '../validation/checks.ts'
import { immutableErrors } from '../validation/metadata.ts'
import { dnsLabel, dnsSubdomain, pathSegment } from '../validation/names.ts'
import { part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

const SCOPES = ['Cluster', 'Namespace']
const CONTROLLER_BYTES_MAX = 250

type IngressClass = StoredWithSpec<k8s.V1IngressClass>

function defaults(draft: MutableObject): void {
  const { parameters } = part(draft, 'spec')
  if (parameters) parameters.scope ??= 'Cluster'
}

function validate({ spec }: IngressClass): FieldError[] {
  return [...controllerErrors(spec.controller ?? ''), ...parameterErrors(spec.parameters)]
}

function controllerErrors(controller: string): FieldError[] {
  const field = 'spec.controller'
  if (controller === '') return [required(field)]
  if (controller.length > CONTROLLER_BYTES_MAX) return [tooLong(field, CONTROLLER_BYTES_MAX)]
  const [domain = '', ...path] = controller.split('/')
  if (path.length === 0 || path[0] === '' || domain === '') {
    return [invalid(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  return dnsSubdomain(domain).map((fault) => invalid(field, domain, fault))
}

function parameterErrors(parameters: IngressClass['spec']['parameters']): FieldError[] {
  if (parameters === undefined) return []
  const at = 'spec.parameters'
  const { scope, namespace } = parameters
  return [
    ...(typeof parameters.apiGroup === 'string' ? formed(parameters.apiGroup, dnsSubdomain, `${at}.apiGroup`) : []),
    ...requiredFormed(parameters.kind, pathSegment, `${at}.kind`),
    ...requiredFormed(parameters.name, pathSegment, `${at}.name`),
    ...(scope !== undefined && !SCOPES.includes(scope) ? [notSupported(`${at}.scope`, scope, SCOPES)] : []),
    ...(scope === 'Namespace' && namespace !== undefined ? formed(namespace, dnsLabel, `${at}.namespace`) : []),
    ...(scope === 'Namespace' && namespace === undefined
      ? [required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'")]
      : []),
    ...(scope === 'Cluster' && namespace !== undefined
      ? [forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'")]
      : []),
  ]
}

function parametersCell({ spec }: IngressClass): string {
  const { parameters } = spec
  if (parameters === undefined) return '<none>'
  const group = parameters.apiGroup ? `.${parameters.apiGroup}` : ''
  return `${parameters.kind}${group}/${parameters.name}`
}

/** Who serves ingresses. */
export const ingressClassRules: KindRules<IngressClass> = {
  resource: clusterRef('networking.k8s.io/v1', 'ingressclasses', 'IngressClass'),
  generation: 'spec',
  defaults,
  validateCreate: validate,
  validateUpdate: (one, old) => [
    ...immutableErrors(one.spec.controller ?? '', old.spec.controller ?? '', 'spec.controller'),
    ...validate(one),
  ],
  cells: (one, now) => [
    one.metadata.name,
    one.spec.controller ?? '',
    parametersCell(one),
    ageOf(one.metadata.creationTimestamp, now),
  ],
}
