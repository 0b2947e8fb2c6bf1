import type { Pod, Service } from '../../api/types.ts'

type ServicePort = NonNullable<Service['spec']['ports']>[number]

/** A port of a service as one pod serves it. */
export interface PodPort {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly appProtocol?: string
}

/** The ports of a service with the numbers that this pod gives them, by name; a name the pod lacks is left out. */
export function portsOf(service: Service, pod: Pod): readonly PodPort[] {
  const ports = (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = portNumber(servicePort, pod)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
  return ports.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Equal for equal ports. */
export const portsKey = (ports: readonly { readonly name?: string; readonly port?: number }[]): string =>
  JSON.stringify(ports.map((port) => Object.entries(port).sort(([a], [b]) => (a < b ? -1 : 1))))

function portNumber({ targetPort, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  const target: unknown = targetPort ?? port
  if (typeof target === 'number') return target === 0 ? port : target
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')
  const ports = [...pod.spec.containers, ...sidecars].flatMap((container) => container.ports ?? [])
  return ports.find((one) => one.name === target && (one.protocol ?? 'TCP') === protocol)?.containerPort
}
