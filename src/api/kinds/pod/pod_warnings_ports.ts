import type { Container, PodSpec } from '../../types.ts'
import { eachContainer } from './pod_containers.ts'

type Port = NonNullable<Container['ports']>[number]

interface Placed {
  readonly port: Port
  readonly field: string
}

/** Ports that are named or numbered alike, within one container or across several. */
export function portWarnings(spec: PodSpec, at: string): string[] {
  const ports: readonly Placed[] = eachContainer(spec, at).flatMap(({ container, field }) =>
    (container.ports ?? []).map((port, index) => ({ port, field: `${field}.ports[${index}]` })),
  )
  return [
    ...ports.flatMap((one, index) => [...lonelyAddress(one), ...clashes(one, ports.slice(0, index))]),
    ...nameClashes(ports),
  ]
}

/** The port as Go prints a struct. */
const printed = ({ name = '', hostPort = 0, containerPort, protocol = '', hostIP = '' }: Port): string =>
  `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`

const lonelyAddress = ({ port, field }: Placed): string[] =>
  port.hostIP && !port.hostPort ? [`${field}: hostIP set without hostPort: ${printed(port)}`] : []

function clashes({ port, field }: Placed, before: readonly Placed[]): string[] {
  const same = before.filter(
    (other) => other.port.containerPort === port.containerPort && other.port.protocol === port.protocol,
  )
  return same.flatMap((other) => {
    const what = clash(port, other.port)
    return what === undefined ? [] : [`${field}: ${what} port definition with ${other.field}`]
  })
}

function clash(one: Port, other: Port): string | undefined {
  const [ip, otherIp] = [one.hostIP ?? '', other.hostIP ?? '']
  const [hostPort, otherPort] = [one.hostPort ?? 0, other.hostPort ?? 0]
  if (ip === otherIp && hostPort === otherPort) return 'duplicate'
  if (hostPort === 0 || otherPort === 0) return 'overlapping'
  return hostPort === otherPort && (ip === '') !== (otherIp === '') ? 'dangerously ambiguous' : undefined
}

function nameClashes(ports: readonly Placed[]): string[] {
  const names = new Map<string, string>()
  return ports.flatMap(({ port: { name }, field }) => {
    if (!name) return []
    const other = names.get(name)
    names.set(name, other ?? field)
    const effect = `services and probes that select ports by name will use ${other}`
    return other === undefined ? [] : [`${field}: duplicate port name ${JSON.stringify(name)} with ${other}, ${effect}`]
  })
}
