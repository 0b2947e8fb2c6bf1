import { type DnsQuestion, type Found, RECORD_TTL_SECONDS } from './answer.ts'
import { endpointsOf, isHeadless, type ZoneState } from './zone.ts'

/** The names behind an address: of the service that has it, else of the hosts of headless services. */
export function resolveReverse(state: ZoneState, { name, type }: DnsQuestion): Found {
  const address = addressOf(name)
  if (address === undefined) return undefined
  const names = namesOf(state, address)
  if (names.length === 0) return undefined
  if (type !== 'PTR' && type !== 'ANY') return { answers: [] }
  return { answers: names.map((data) => ({ name, type: 'PTR', ttl: RECORD_TTL_SECONDS, data })) }
}

function namesOf(state: ZoneState, address: string): readonly string[] {
  const base = (namespace: string | undefined, service: string) => `${service}.${namespace}.svc.${state.clusterDomain}`
  const services = state.servicesByIp(address)
  if (services.length > 0) return services.map(({ metadata }) => base(metadata.namespace, metadata.name))
  const names = state.slicesByIp(address).flatMap((slice) => {
    const { namespace = '', labels } = slice.metadata
    const service = state.service(namespace, labels?.['kubernetes.io/service-name'] ?? '')
    if (service === undefined || !isHeadless(service)) return []
    const hosts = endpointsOf(state, service).filter((one) => one.address === address)
    return hosts.map(({ label }) => `${label}.${base(namespace, service.metadata.name)}`)
  })
  return [...new Set(names)]
}

/** `5.0.0.10.in-addr.arpa` is 10.0.0.5; undefined for what is no whole address. */
function addressOf(name: string): string | undefined {
  if (name.endsWith('.in-addr.arpa')) {
    const parts = name.slice(0, -'.in-addr.arpa'.length).split('.')
    return parts.length === 4 ? parts.toReversed().join('.') : undefined
  }
  const digits = name.slice(0, -'.ip6.arpa'.length).split('.').toReversed()
  if (digits.length !== 32) return undefined
  return shortestIpv6(Array.from({ length: 8 }, (_, group) => digits.slice(group * 4, group * 4 + 4).join('')))
}

/** The usual short spelling: no leading zeros, the first longest run of zero groups as `::`. */
function shortestIpv6(groups: readonly string[]): string {
  const plain = groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
  const runs = plain.match(/\b0(?::0)+\b/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  return longest === ''
    ? plain
    : plain
        .replace(longest, ':')
        .replace(/^:(?!:)/, '::')
        .replace(/([^:]):$/, '$1::')
        .replace(':::', '::')
}
