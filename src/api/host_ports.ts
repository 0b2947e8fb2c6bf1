import type { Pod } from './types.ts'

/** A port of a node. */
export interface HostPort {
  readonly ip: string
  readonly port: number
  readonly protocol: string
}

const ANY_ADDRESS = '0.0.0.0'

/** The ports of its node that a pod takes. */
export function hostPortsOf(pod: Pod): readonly HostPort[] {
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')
  return [...pod.spec.containers, ...sidecars]
    .flatMap((container) => container.ports ?? [])
    .filter((port) => (port.hostPort ?? 0) > 0)
    .map(({ hostIP, hostPort = 0, protocol = 'TCP' }) => ({ ip: hostIP || ANY_ADDRESS, port: hostPort, protocol }))
}

/** Whether two pods cannot have these ports of one node. */
export function clashes(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === ANY_ADDRESS || b.ip === ANY_ADDRESS
  return sameAddress && a.port === b.port && a.protocol === b.protocol
}
