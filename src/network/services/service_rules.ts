import { keyOf } from '../../api/resource.ts'
import { ENDPOINT_SLICES, SERVICES } from '../../api/resources.ts'
import type { Clock, Timer } from '../../base/clock.ts'
import { type Log, messageOf } from '../../base/log.ts'
import type { Informers } from '../../client/informer.ts'
import { type ServicePort, servicePortsOf } from './model.ts'
import { emptyRuleset, rulesetDelta } from './ruleset.ts'

export interface ServiceRulesDeps {
  readonly informers: Informers
  readonly clock: Clock
  readonly log: Log
  /** Applies nft commands in one transaction. */
  readonly apply: (commands: string) => Promise<void>
  readonly serviceRange: string
  /** The node whose rules these are: some services only use the endpoints that are near. */
  readonly nodeName: string
  /** Services (`namespace/name`) that the node answers itself at their address: DNS and the API. */
  readonly servedHere: ReadonlySet<string>
}

/** Changes that come within this time go into one transaction. */
const GATHER_MS = 5
const RETRY_MS = 1_000
const SLICES_OF_SERVICE = 'service of a slice, for rules'

/** Keeps the node's rules equal to services and endpoints; work is proportional to the services that changed. */
export class ServiceRules {
  readonly #deps: ServiceRulesDeps
  readonly #changed = new Set<string>()
  readonly #idsOfService = new Map<string, readonly string[]>()
  #applied = new Map<string, ServicePort>()
  #timer: Timer | undefined
  #started = false
  #applying = false
  #stopped = false
  /** What the kernel holds is not known: only a whole table will do. */
  #isUnsure = true

  /** Make it before the informers start: it adds an index. */
  constructor(deps: ServiceRulesDeps) {
    this.#deps = deps
    const slices = deps.informers.of(ENDPOINT_SLICES)
    slices.addIndex(SLICES_OF_SERVICE, (slice) => [serviceKeyOf(slice)])
    slices.onChange(({ current, previous }) => {
      for (const slice of [previous, current]) if (slice !== undefined) this.#note(serviceKeyOf(slice))
    })
    deps.informers.of(SERVICES).onChange(({ key }) => this.#note(key))
  }

  /** Writes the table anew with everything in it. Call when the informers have started. @throws what `apply` throws */
  async start(): Promise<void> {
    this.#started = true
    for (const service of this.#deps.informers.of(SERVICES).list()) this.#changed.add(keyOf(service))
    await this.#rewrite()
  }

  /** Stops following; the rules stay, so that connections go on while the agent is replaced. */
  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  #note(key: string): void {
    this.#changed.add(key)
    if (this.#started && !this.#applying) this.#schedule(GATHER_MS)
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#stopped) return
    this.#timer = this.#deps.clock.after(delayMs, () => {
      this.#timer = undefined
      void this.#update()
    })
  }

  async #rewrite(): Promise<void> {
    this.#isUnsure = true
    this.#applied = new Map()
    this.#idsOfService.clear()
    for (const service of this.#deps.informers.of(SERVICES).list()) this.#changed.add(keyOf(service))
    const next = this.#next()
    await this.#deps.apply(`${emptyRuleset(this.#deps)}${rulesetDelta(this.#applied, next)}`)
    this.#applied = next
    this.#isUnsure = false
  }

  /** A delta that is refused means that the kernel holds something else than was thought: everything is written anew. */
  async #update(): Promise<void> {
    this.#applying = true
    try {
      await this.#applyChanges()
    } catch (error) {
      this.#isUnsure = true
      this.#deps.log.warn('cannot change the service rules; they will be written anew', { error: messageOf(error) })
      this.#schedule(RETRY_MS)
    } finally {
      this.#applying = false
      if (this.#changed.size > 0) this.#schedule(GATHER_MS)
    }
  }

  async #applyChanges(): Promise<void> {
    if (this.#isUnsure) return this.#rewrite()
    const next = this.#next()
    const delta = rulesetDelta(this.#applied, next)
    if (delta !== '') await this.#deps.apply(delta)
    this.#applied = next
  }

  #next(): Map<string, ServicePort> {
    const next = new Map(this.#applied)
    for (const key of this.#changed) {
      for (const id of this.#idsOfService.get(key) ?? []) next.delete(id)
      const ports = this.#portsOf(key)
      for (const port of ports) next.set(port.id, port)
      if (ports.length === 0) this.#idsOfService.delete(key)
      else
        this.#idsOfService.set(
          key,
          ports.map((one) => one.id),
        )
    }
    this.#changed.clear()
    return next
  }

  #portsOf(key: string): readonly ServicePort[] {
    const service = this.#deps.informers.of(SERVICES).get(key)
    if (service === undefined || this.#deps.servedHere.has(key)) return []
    const slices = this.#deps.informers.of(ENDPOINT_SLICES).byIndex(SLICES_OF_SERVICE, key)
    return servicePortsOf(service, slices, this.#deps.nodeName)
  }
}

function serviceKeyOf(slice: {
  readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> }
}): string {
  return `${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`
}
