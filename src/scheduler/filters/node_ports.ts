import { clashes, hostPortsOf } from '../../api/host_ports.ts'
import { type Filter, reject } from '../framework.ts'

/** Two pods cannot have the same port of a node. */
export const nodePorts: Filter = ({ pod }, { tally }) => {
  const wanted = hostPortsOf(pod)
  if (wanted.length === 0) return undefined
  const taken = tally.pods().flatMap(hostPortsOf)
  const clash = wanted.some((port) => taken.some((other) => clashes(port, other)))
  return clash ? reject("node(s) didn't have free ports for the requested pod ports") : undefined
}
