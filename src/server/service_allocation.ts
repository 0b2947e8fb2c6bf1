import { ApiError } from '../api/error.ts'
import type { FieldError } from '../api/field_error.ts'
import type { MutableObject } from '../api/kind_rules.ts'
import type { KubeObject, Service } from '../api/types.ts'
import type { Random } from '../base/random.ts'
import type { Store, StoreEvent, StoreWatch } from '../store/store.ts'
import { invalid } from './api_errors.ts'
import { formatIpv4, isAssignable, parseIpv4, parseIpv4Range } from './ipv4_range.ts'

/** Gives services their cluster addresses and node ports, so that no two have the same. */
export interface ServiceAllocator {
  /** Fills in what the service needs and lacks. Returns what takes it back if the service is not stored. @throws ApiError 422 */
  assign(service: MutableObject, old: KubeObject | undefined, run?: 'real' | 'dry'): () => void
  /** Learns what is in use; then follows the services. */
  start(): Promise<void>
  stop(): void
}

export interface AllocatorOptions {
  readonly store: Store
  readonly random: Random
  readonly addresses: string
  readonly ports: { readonly first: number; readonly last: number }
}

interface ServicePort {
  readonly port: number
  readonly protocol?: string
  nodePort?: number
}

interface PortsWanted {
  readonly take: (text: string) => boolean
  readonly run: 'real' | 'dry'
  readonly isNew: boolean
}

/** One port that is served by several protocols, as DNS is, has one number on the nodes too. */
function shareNodePort(port: ServicePort, all: readonly ServicePort[]): void {
  const same = all.find((other) => other.port === port.port && other.nodePort)
  const taken = all.some((other) => other.nodePort === same?.nodePort && other.protocol === port.protocol)
  if (same?.nodePort && !taken) port.nodePort = same.nodePort
}

const SERVICES = { resource: 'services' }

/** What one service holds, as texts that name an address or a port. */
function heldBy(service: KubeObject | MutableObject | undefined): Set<string> {
  const spec = (service as Service | undefined)?.spec
  const held = new Set<string>()
  for (const address of [spec?.clusterIP, ...(spec?.clusterIPs ?? [])]) {
    if (address && address !== 'None') held.add(address)
  }
  for (const port of spec?.ports ?? []) if (port.nodePort) held.add(portKey(port.nodePort, port.protocol))
  if (spec?.healthCheckNodePort) held.add(portKey(spec.healthCheckNodePort, 'TCP'))
  return held
}

const portKey = (port: number, protocol = 'TCP'): string => `${protocol}:${port}`

export function createServiceAllocator(options: AllocatorOptions): ServiceAllocator {
  return new Allocator(options)
}

class Allocator implements ServiceAllocator {
  readonly #options: AllocatorOptions
  readonly #inUse = new Set<string>()
  #watch: StoreWatch | undefined

  constructor(options: AllocatorOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { store } = this.#options
    const { revision, items } = await store.list(SERVICES)
    for (const item of items) for (const text of heldBy(item.object as KubeObject)) this.#inUse.add(text)
    this.#watch = store.watch(SERVICES, revision, {
      events: (events) => {
        for (const event of events) this.#release(event)
      },
      progress: () => {},
    })
  }

  stop(): void {
    this.#watch?.stop()
  }

  /** What a service held and holds no more is free again. */
  #release({ type, previous, current }: StoreEvent): void {
    const kept = type === 'deleted' ? new Set<string>() : heldBy(current.object as KubeObject)
    for (const text of heldBy(previous?.object as KubeObject | undefined)) if (!kept.has(text)) this.#inUse.delete(text)
  }

  assign(service: MutableObject, old: KubeObject | undefined, run: 'real' | 'dry' = 'real'): () => void {
    const before = heldBy(old)
    const taken: string[] = []
    const take = (text: string): boolean => {
      if (before.has(text) || taken.includes(text)) return true
      if (this.#inUse.has(text)) return false
      this.#inUse.add(text)
      taken.push(text)
      return true
    }
    const undo = (): void => {
      for (const text of taken) this.#inUse.delete(text)
    }
    try {
      this.#assignAddress(service, take, run)
      this.#assignPorts(service, { take, run, isNew: old === undefined })
    } catch (thrown) {
      undo()
      throw thrown
    }
    return undo
  }

  #assignAddress(service: MutableObject, take: (text: string) => boolean, run: 'real' | 'dry'): void {
    const spec = service['spec']
    if (spec.type === 'ExternalName' || spec.clusterIP === 'None') return
    if (spec.clusterIP) {
      const fault = this.#addressFault(spec.clusterIP, take, run)
      if (fault !== undefined) throw refusal(service, [fault])
      spec.clusterIPs ??= [spec.clusterIP]
      return
    }
    spec.clusterIP = this.#freeAddress(take)
    spec.clusterIPs = [spec.clusterIP]
  }

  #addressFault(address: string, take: (text: string) => boolean, run: 'real' | 'dry'): FieldError | undefined {
    const range = parseIpv4Range(this.#options.addresses)
    const number = parseIpv4(address)
    const where = { type: 'FieldValueInvalid', field: 'spec.clusterIPs' } as const
    const shown = `Invalid value: ${JSON.stringify([address])}: failed to allocate IP ${address}:`
    if (number === undefined) return undefined
    if (!isAssignable(range, number)) {
      return {
        ...where,
        message: `${shown} ${run === 'real' ? 'the provided network does not match the current range' : this.#outside(address)}`,
      }
    }
    return take(address) ? undefined : { ...where, message: `${shown} provided IP is already allocated` }
  }

  /** What a dry run says of an address that is none of the cluster's. */
  #outside = (address: string): string =>
    `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.#options.addresses}`

  /** Draws at random, like upstream, and above the lower part, which is left for addresses that people choose. */
  #freeAddress(take: (text: string) => boolean): string {
    const { first, size } = parseIpv4Range(this.#options.addresses)
    const chosenByPeople = Math.min(256, Math.floor(size / 16))
    const drawn = size - 2 - chosenByPeople
    const start = this.#options.random.integer(drawn)
    for (let step = 0; step < drawn; step++) {
      const address = formatIpv4(first + 1 + chosenByPeople + ((start + step) % drawn))
      if (take(address)) return address
    }
    throw new ApiError({
      code: 500,
      reason: 'InternalError',
      message: 'Internal error occurred: failed to allocate a serviceIP: range is full',
    })
  }

  #assignPorts(service: MutableObject, { take, run, isNew }: PortsWanted): void {
    const spec = service['spec']
    const wanted =
      spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
    const ports: ServicePort[] = spec.ports ?? []
    for (const [index, port] of ports.entries()) {
      if (isNew && wanted && !port.nodePort) shareNodePort(port, ports)
      const { nodePort } = port
      if (nodePort) this.#takePort(service, { ...port, nodePort }, index, take, run)
      else if (wanted) port.nodePort = this.#freePort(port.protocol, take)
    }
    const needsHealthCheck = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
    if (needsHealthCheck && !spec.healthCheckNodePort) spec.healthCheckNodePort = this.#freePort('TCP', take)
  }

  #takePort(
    service: MutableObject,
    port: ServicePort & { nodePort: number },
    index: number,
    take: (text: string) => boolean,
    run: 'real' | 'dry',
  ): void {
    const { first, last } = this.#options.ports
    const refuse = (why: string) =>
      refusal(service, [
        {
          type: 'FieldValueInvalid',
          field: `spec.ports[${index}].nodePort`,
          message: `Invalid value: ${port.nodePort}: ${why}`,
        },
      ])
    // A dry run does not look at the range, as upstream's does not.
    if (run === 'real' && (port.nodePort < first || port.nodePort > last)) {
      throw refuse(`provided port is not in the valid range. The range of valid ports is ${first}-${last}`)
    }
    if (!take(portKey(port.nodePort, port.protocol))) throw refuse('provided port is already allocated')
  }

  #freePort(protocol: string | undefined, take: (text: string) => boolean): number {
    const { first, last } = this.#options.ports
    const count = last - first + 1
    const start = this.#options.random.integer(count)
    for (let step = 0; step < count; step++) {
      const port = first + ((start + step) % count)
      if (take(portKey(port, protocol))) return port
    }
    throw new ApiError({
      code: 500,
      reason: 'InternalError',
      message: 'Internal error occurred: failed to allocate a nodePort: range is full',
    })
  }
}

const refusal = (service: MutableObject, faults: readonly FieldError[]): ApiError =>
  invalid({ group: '', kind: 'Service' }, String(service.metadata['name'] ?? ''), faults)
