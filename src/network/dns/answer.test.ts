import { test } from 'node:test'
import { ClusterText } from '../testing/cluster_text.ts'
import { playInteractions } from '../testing/interaction.ts'
import { answerQuery, type DnsAnswer, type DnsRecord } from './answer.ts'
import { clusterIpsOf, type ZoneState } from './zone.ts'

test('the zone follows services and their endpoints', () => {
  const cluster = new ClusterText()
  playInteractions(new URL('./testdata/zone.txt', import.meta.url).pathname, (line) => {
    const done = cluster.run(line)
    if (done !== undefined) return done
    const [, type = '', name = ''] = line.split(' ')
    return print(answerQuery(stateOf(cluster), { questions: [{ type, name }] }))
  })
})

function stateOf({ services, slices }: ClusterText): ZoneState {
  const allSlices = [...slices.values()]
  return {
    clusterDomain: 'cluster.local',
    service: (namespace, name) => services.get(`${namespace}/${name}`),
    hasNamespace: (namespace) => namespace === 'default',
    slices: (namespace, name) =>
      allSlices.filter((one) => one.metadata.name === `${name}-abc` && one.metadata.namespace === namespace),
    servicesByIp: (ip) => [...services.values()].filter((one) => clusterIpsOf(one).includes(ip)),
    slicesByIp: (ip) =>
      allSlices.filter((one) => (one.endpoints ?? []).some((endpoint) => endpoint.addresses.includes(ip))),
  }
}

function print({ additionals = [], answers, authorities = [], rcode }: DnsAnswer): string {
  const lines = [
    ...answers.map(record),
    ...authorities.map((one) => `  authority ${one.name} ${one.type} ttl ${one.ttl}`),
  ]
  return [rcode, ...lines, ...additionals.map((one) => `  also ${record(one).trim()}`)].join('\n')
}

function record({ data, name, type }: DnsRecord): string {
  const shown = typeof data === 'object' ? Object.values(data as object).join(' ') : String(data)
  return `  ${name} ${type} ${shown}`
}
