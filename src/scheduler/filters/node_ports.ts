import type { Pod } from '../../api/types.ts'
import { type Filter, reject } from '../framework.ts'

interface HostPort {
  readonly ip: string
  readonly port: number
  readonly protocol: string
}

const ANY_ADDRESS = '0.0.0.0'

/** Two pods cannot have the same port of a node. */
export const nodePorts: Filter = ({ pod }, { tally }) => {
  const wanted = hostPortsOf(pod)
  if (wanted.length === 0) return undefined
  const taken = tally.pods().flatMap(hostPortsOf)
  const clash = wanted.some((port) => taken.some((other) => clashes(port, other)))
  return clash ? reject("node(s) didn't have free ports for the requested pod ports") : undefined
}

function hostPortsOf(pod: Pod): readonly HostPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')
  return [...pod.spec.containers, ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .filter((port) => (port.hostPort ?? 0) > 0)
    .map(({ hostIP, hostPort = 0, protocol = 'TCP' }) => ({ ip: hostIP || ANY_ADDRESS, port: hostPort, protocol }))
}

function clashes(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === ANY_ADDRESS || b.ip === ANY_ADDRESS
  return sameAddress && a.port === b.port && a.protocol === b.protocol
}
