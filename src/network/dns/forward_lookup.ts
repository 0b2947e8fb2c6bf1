import type { Service } from '../../api/types.ts'
import { type DnsQuestion, type DnsRecord, type Found, RECORD_TTL_SECONDS, startOfAuthority } from './answer.ts'
import {
  clusterIpsOf,
  endpointsOf,
  isExternalName,
  isHeadless,
  isIpv6,
  type ZoneEndpoint,
  type ZonePort,
  type ZoneState,
} from './zone.ts'

const NOTHING: Found = { answers: [] }
const DNS_VERSION = '1.1.0'

/**
 * Looks a lower-case name of the cluster's domain up, by Kubernetes' DNS specification 1.1:
 *
 *     web.default.svc.cluster.local              the service, or all ready hosts of a headless one
 *     web-0.nginx.default.svc.cluster.local      one host of a headless service
 *     _http._tcp.web.default.svc.cluster.local   SRV of a named port
 *     10-0-0-5.default.pod.cluster.local         any pod address
 */
export function resolveForward(state: ZoneState, question: DnsQuestion): Found {
  const { name, type } = question
  const labels = labelsBelow(name, state.clusterDomain)
  if (labels.length === 0) return type === 'SOA' ? { answers: [startOfAuthority(state, name)] } : NOTHING
  const [kind, namespace, ...rest] = labels.toReversed()
  if (kind === 'dns-version' && labels.length === 1) return textAnswer(question)
  if (kind === 'pod') return resolvePod(state, question, namespace, rest)
  if (kind !== 'svc') return undefined
  if (namespace === undefined) return NOTHING
  const [serviceName, ...below] = rest
  if (serviceName === undefined) return state.hasNamespace(namespace) ? NOTHING : undefined
  const service = state.service(namespace, serviceName)
  if (service === undefined) return undefined
  if (isExternalName(service)) return below.length === 0 ? aliasAnswer(question, service) : undefined
  return resolveService(state, question, { service, below: below.toReversed() })
}

function labelsBelow(name: string, domain: string): readonly string[] {
  return name === domain ? [] : name.slice(0, -domain.length - 1).split('.')
}

function textAnswer({ name, type }: DnsQuestion): Found {
  return type === 'TXT' ? { answers: [{ name, type: 'TXT', ttl: RECORD_TTL_SECONDS, data: DNS_VERSION }] } : NOTHING
}

function resolvePod(
  state: ZoneState,
  question: DnsQuestion,
  namespace: string | undefined,
  rest: readonly string[],
): Found {
  if (namespace === undefined) return NOTHING
  if (!state.hasNamespace(namespace)) return undefined
  const [label, ...more] = rest
  if (label === undefined) return NOTHING
  const isIpv4 = /^\d{1,3}(-\d{1,3}){3}$/.test(label)
  const address = isIpv4 ? label.replaceAll('-', '.') : label.replaceAll('-', ':')
  const known = state.slicesByIp(address).some((slice) => slice.metadata.namespace === namespace)
  if (more.length > 0 || !known) return undefined
  return { answers: addressRecords(question, [address]) }
}

function aliasAnswer({ name, type }: DnsQuestion, service: Service): Found {
  const target = service.spec.externalName
  if (target === undefined || !['A', 'AAAA', 'CNAME', 'ANY'].includes(type)) return NOTHING
  return { answers: [{ name, type: 'CNAME', ttl: RECORD_TTL_SECONDS, data: target }] }
}

interface ServicePlace {
  readonly service: Service
  /** The labels before the service's name, as they are written. */
  readonly below: readonly string[]
}

function resolveService(state: ZoneState, question: DnsQuestion, { below, service }: ServicePlace): Found {
  const [first, second] = below
  const endpoints = isHeadless(service) ? endpointsOf(state, service) : []
  if (first?.startsWith('_')) return resolvePort(state, question, { service, below, endpoints })
  if (below.length === 0) {
    const addresses = isHeadless(service) ? endpoints.map((one) => one.address) : clusterIpsOf(service)
    if (question.type === 'SRV') return serviceRecords(state, question, { service, endpoints, wanted: () => true })
    return { answers: addressRecords(question, [...new Set(addresses)]) }
  }
  if (second !== undefined || !isHeadless(service)) return undefined
  const hosts = endpoints.filter((one) => one.label === first)
  return hosts.length === 0
    ? undefined
    : {
        answers: addressRecords(
          question,
          hosts.map((one) => one.address),
        ),
      }
}

/** `_port._protocol.service`: the name exists only when the service has such a port. */
function resolvePort(
  state: ZoneState,
  question: DnsQuestion,
  place: ServicePlace & { readonly endpoints: readonly ZoneEndpoint[] },
): Found {
  const [portLabel = '', protocolLabel = '', ...more] = place.below
  if (more.length > 0) return undefined
  const wanted = (port: ZonePort) => `_${port.name}` === portLabel && `_${port.protocol}` === protocolLabel
  const found = serviceRecords(state, question, { service: place.service, endpoints: place.endpoints, wanted })
  if (found === undefined || found.answers.length === 0) return undefined
  return question.type === 'SRV' ? found : NOTHING
}

interface PortQuery {
  readonly service: Service
  readonly endpoints: readonly ZoneEndpoint[]
  readonly wanted: (port: ZonePort) => boolean
}

/** One SRV record for each host and port, with the hosts' addresses beside them. */
function serviceRecords(state: ZoneState, { name }: DnsQuestion, { endpoints, service, wanted }: PortQuery): Found {
  const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${state.clusterDomain}`
  const targets = isHeadless(service)
    ? endpoints.map(({ address, label, ports }) => ({ host: `${label}.${base}`, addresses: [address], ports }))
    : [{ host: base, addresses: clusterIpsOf(service), ports: ownPorts(service) }]
  const pairs = targets.flatMap((target) => target.ports.filter(wanted).map((port) => ({ ...target, port: port.port })))
  const weight = pairs.length === 0 ? 0 : Math.max(1, Math.floor(100 / pairs.length))
  const answers = pairs.map(({ host, port }) => ({
    name,
    type: 'SRV',
    ttl: RECORD_TTL_SECONDS,
    data: { priority: 0, weight, port, target: host },
  }))
  return {
    answers,
    additionals: pairs.flatMap(({ addresses, host }) => addresses.map((address) => addressRecord(host, address))),
  }
}

function ownPorts(service: Service): readonly ZonePort[] {
  return (service.spec.ports ?? []).map((one) => ({
    name: one.name ?? '',
    protocol: (one.protocol ?? 'TCP').toLowerCase(),
    port: one.port,
  }))
}

function addressRecords({ name, type }: DnsQuestion, addresses: readonly string[]): readonly DnsRecord[] {
  const wanted = (address: string) => type === 'ANY' || type === (isIpv6(address) ? 'AAAA' : 'A')
  return addresses.filter(wanted).map((address) => addressRecord(name, address))
}

const addressRecord = (name: string, address: string): DnsRecord => ({
  name,
  type: isIpv6(address) ? 'AAAA' : 'A',
  ttl: RECORD_TTL_SECONDS,
  data: address,
})
