import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../../api/resources.ts'
import type { Informers } from '../../client/informer.ts'
import { answerQuery, type DnsAnswer, type DnsQuery } from './answer.ts'
import { clusterIpsOf, type ZoneState } from './zone.ts'

const SLICES_OF_SERVICE = 'service of a slice'
const SLICES_BY_IP = 'address in a slice'
const SERVICES_BY_IP = 'address of a service'

/** Answers DNS queries from the caches. Make it before the informers start: it adds indexes. */
export function createDnsResponder(deps: {
  readonly informers: Informers
  readonly clusterDomain: string
}): (query: DnsQuery) => DnsAnswer {
  const services = deps.informers.of(SERVICES)
  const slices = deps.informers.of(ENDPOINT_SLICES)
  const namespaces = deps.informers.of(NAMESPACES)
  services.addIndex(SERVICES_BY_IP, clusterIpsOf)
  slices.addIndex(SLICES_OF_SERVICE, ({ metadata }) => {
    const service = metadata.labels?.['kubernetes.io/service-name']
    return service === undefined ? [] : [`${metadata.namespace}/${service}`]
  })
  slices.addIndex(SLICES_BY_IP, (slice) => (slice.endpoints ?? []).flatMap((one) => one.addresses))
  const state: ZoneState = {
    clusterDomain: deps.clusterDomain,
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    hasNamespace: (namespace) => namespaces.get(namespace) !== undefined,
    slices: (namespace, service) => slices.byIndex(SLICES_OF_SERVICE, `${namespace}/${service}`),
    servicesByIp: (ip) => services.byIndex(SERVICES_BY_IP, ip),
    slicesByIp: (ip) => slices.byIndex(SLICES_BY_IP, ip),
  }
  return (query) => answerQuery(state, query)
}
