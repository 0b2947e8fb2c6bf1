import type { EndpointSlice, Service } from '../../api/types.ts'

type Endpoints = NonNullable<EndpointSlice['endpoints']>

/** A small cluster that interaction files build with commands, one line each. */
export class ClusterText {
  readonly services = new Map<string, Service>()
  readonly slices = new Map<string, EndpointSlice>()

  /**
   *     service default/web 10.96.0.5 http=80:8080/tcp affinity nodeport=30080
   *     service default/nginx None web=80 notready
   *     external default/docs docs.example.com
   *     endpoint default/web 10.0.0.5 web-0 [notready] [remote]
   *     drop default/web 10.0.0.5
   *     remove default/web
   */
  run(line: string): string | undefined {
    const [verb, key = '', ...rest] = line.split(' ')
    if (verb === 'service') this.#service(key, rest)
    else if (verb === 'external') this.#put(key, { type: 'ExternalName', externalName: rest[0] })
    else if (verb === 'endpoint') this.#endpoint(key, rest)
    else if (verb === 'drop') this.#change(key, (all) => all.filter((one) => one.addresses[0] !== rest[0]))
    else if (verb === 'remove') this.#remove(key)
    else return undefined
    return ''
  }

  #service(key: string, [clusterIP = '', ...words]: readonly string[]): void {
    const flags = new Set(words)
    const nodePort = Number(words.find((word) => word.startsWith('nodeport='))?.slice(9))
    const ports = words
      .filter((word) => /^[^=]+=\d/.test(word) && !word.startsWith('nodeport='))
      .map((word) => portOf(word, nodePort))
    this.#put(key, {
      clusterIP,
      clusterIPs: [clusterIP],
      ports,
      type: nodePort > 0 ? 'NodePort' : 'ClusterIP',
      publishNotReadyAddresses: flags.has('notready'),
      ...(flags.has('affinity') ? { sessionAffinity: 'ClientIP' } : {}),
    })
    const slicePorts = ports.map(({ name, protocol, targetPort }) => ({ name, protocol, port: targetPort }))
    const [namespace, name] = key.split('/')
    const metadata = { name: `${name}-abc`, namespace, labels: { 'kubernetes.io/service-name': name } }
    this.slices.set(key, {
      metadata,
      addressType: 'IPv4',
      endpoints: [],
      ports: slicePorts,
    } as unknown as EndpointSlice)
  }

  #put(key: string, spec: object): void {
    const [namespace, name] = key.split('/')
    this.services.set(key, { metadata: { namespace, name, uid: key }, spec } as unknown as Service)
  }

  #endpoint(key: string, [address = '', hostname = '', ...flags]: readonly string[]): void {
    const ready = !flags.includes('notready')
    const endpoint = {
      addresses: [address],
      conditions: { ready, serving: ready },
      ...(hostname === '-' ? {} : { hostname }),
    }
    this.#change(key, (all) => [...all.filter((one) => one.addresses[0] !== address), endpoint as never])
  }

  #change(key: string, change: (all: Endpoints) => Endpoints): void {
    const slice = this.slices.get(key)
    if (slice !== undefined) this.slices.set(key, { ...slice, endpoints: change(slice.endpoints ?? []) })
  }

  #remove(key: string): void {
    this.services.delete(key)
    this.slices.delete(key)
  }
}

function portOf(word: string, nodePort: number) {
  const [, name = '', port, target, protocol] = /^([^=]+)=(\d+)(?::(\d+))?(?:\/(\w+))?$/.exec(word) ?? []
  return {
    name,
    port: Number(port),
    targetPort: Number(target ?? port),
    protocol: (protocol ?? 'tcp').toUpperCase(),
    ...(nodePort > 0 ? { nodePort } : {}),
  }
}
