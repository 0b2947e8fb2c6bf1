import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import type { KindRules, MutableObject } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { cidrErrors, isCidr, isWithin } from '../validation/addresses.ts'
import { portOrNameErrors } from '../validation/numbers.ts'
import { labelSelectorErrors, selectorText } from '../validation/selectors.ts'
import { fill, items, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { namespacedRef, type StoredWithSpec } from './refs.ts'

type NetworkPolicy = StoredWithSpec<k8s.V1NetworkPolicy>
type Port = Wire<k8s.V1NetworkPolicyPort>
type Peer = Wire<k8s.V1NetworkPolicyPeer>

const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const TYPES = ['Ingress', 'Egress']

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  part(spec, 'podSelector')
  for (const rule of [...items(spec.ingress), ...items(spec.egress)]) {
    for (const port of items(rule.ports)) fill(port, 'protocol', 'TCP')
  }
  if (items(spec.policyTypes).length > 0) return
  spec.policyTypes = items(spec.egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}

function validate({ spec }: NetworkPolicy): FieldError[] {
  const types = spec.policyTypes ?? []
  return [
    ...labelSelectorErrors(spec.podSelector, 'spec.podSelector'),
    ...(spec.ingress ?? []).flatMap((rule, index) => [
      ...portListErrors(rule.ports ?? [], `spec.ingress[${index}].ports`),
      ...peerListErrors(peersOf(rule), `spec.ingress[${index}].from`),
    ]),
    ...(spec.egress ?? []).flatMap(({ ports = [], to = [] }, index) => [
      ...portListErrors(ports, `spec.egress[${index}].ports`),
      ...peerListErrors(to, `spec.egress[${index}].to`),
    ]),
    ...(types.length > TYPES.length
      ? [invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')]
      : []),
    ...types.flatMap((type, index) =>
      TYPES.includes(type) ? [] : [notSupported(`spec.policyTypes[${index}]`, type, TYPES)],
    ),
  ]
}

/** The generated type spells `from` otherwise, as the word is reserved in some languages. */
const peersOf = (rule: object): readonly Peer[] => (rule as { readonly from?: readonly Peer[] }).from ?? []

const portListErrors = (ports: readonly Port[], field: string): FieldError[] =>
  ports.flatMap((port, index) => onePortErrors(port, `${field}[${index}]`))

function onePortErrors({ protocol, port, endPort }: Port, at: string): FieldError[] {
  return [
    ...(protocol !== undefined && !PROTOCOLS.includes(protocol)
      ? [notSupported(`${at}.protocol`, protocol, PROTOCOLS)]
      : []),
    ...(endPort === undefined ? [] : endPortErrors(endPort, port, `${at}.endPort`)),
    ...(port === undefined ? [] : portOrNameErrors(port, `${at}.port`)),
  ]
}

function endPortErrors(endPort: number, port: number | string | undefined, field: string): FieldError[] {
  if (port === undefined) return [invalid(field, endPort, 'may not be specified when `port` is not specified')]
  if (typeof port === 'string') return [invalid(field, endPort, 'may not be specified when `port` is non-numeric')]
  return [
    ...(endPort < port ? [invalid(field, port, 'must be greater than or equal to `port`')] : []),
    ...portOrNameErrors(endPort, field),
  ]
}

const peerListErrors = (peers: readonly Peer[], field: string): FieldError[] =>
  peers.flatMap((peer, index) => peerErrors(peer, `${field}[${index}]`))

function peerErrors({ podSelector, namespaceSelector, ipBlock }: Peer, at: string): FieldError[] {
  const selects = podSelector !== undefined || namespaceSelector !== undefined
  return [
    ...labelSelectorErrors(podSelector, `${at}.podSelector`),
    ...labelSelectorErrors(namespaceSelector, `${at}.namespaceSelector`),
    ...(ipBlock === undefined ? [] : blockErrors(ipBlock, `${at}.ipBlock`)),
    ...(selects || ipBlock !== undefined ? [] : [required(at, 'must specify a peer')]),
    ...(selects && ipBlock !== undefined ? [forbidden(at, 'may not specify both ipBlock and another peer')] : []),
  ]
}

function blockErrors({ cidr, except = [] }: Wire<k8s.V1IPBlock>, at: string): FieldError[] {
  if (!cidr) return [required(`${at}.cidr`)]
  if (!isCidr(cidr)) return cidrErrors(cidr, `${at}.cidr`)
  return except.flatMap((range, index) => {
    const field = `${at}.except[${index}]`
    if (!isCidr(range)) return cidrErrors(range, field)
    return isWithin(range, cidr) ? [] : [invalid(field, range, 'must be a strict subset of `cidr`')]
  })
}

/** Who may talk to pods. */
export const networkPolicyRules: KindRules<NetworkPolicy> = {
  resource: namespacedRef('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy'),
  generation: 'spec',
  defaults,
  validateCreate: validate,
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    selectorText(spec.podSelector),
    ageOf(metadata.creationTimestamp, now),
  ],
}
