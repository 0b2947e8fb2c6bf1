import { test } from 'node:test'
import { ClusterText } from '../testing/cluster_text.ts'
import { playInteractions } from '../testing/interaction.ts'
import { type ServicePort, servicePortsOf } from './model.ts'
import { emptyRuleset, rulesetDelta } from './ruleset.ts'

test('the rules follow services and endpoints with small changes', () => {
  const cluster = new ClusterText()
  let applied: ReadonlyMap<string, ServicePort> = new Map()
  playInteractions(new URL('./testdata/rules.txt', import.meta.url).pathname, (line) => {
    const done = cluster.run(line)
    if (done !== undefined) return done
    if (line === 'table') return emptyRuleset({ serviceRange: '10.96.0.0/12' }).trimEnd()
    const next = portsOf(cluster)
    const delta = rulesetDelta(applied, next).trimEnd()
    applied = next
    return delta === '' ? 'nothing' : delta
  })
})

function portsOf({ services, slices }: ClusterText): ReadonlyMap<string, ServicePort> {
  const ports = [...services].flatMap(([key, service]) => {
    const slice = slices.get(key)
    return servicePortsOf(service, slice === undefined ? [] : [slice], 'node-0')
  })
  return new Map(ports.map((port) => [port.id, port]))
}
