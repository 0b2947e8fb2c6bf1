import type { Pod } from '../api/types.ts'
import type { CacheChange, Informer } from '../client/informer.ts'

/** The pods of one node: an informer with the field selector `spec.nodeName`, or a part of a shared one. */
export interface PodSource {
  list(): readonly Pod[]
  onChange(listener: (change: CacheChange<Pod>) => void): void
}

const NODE_NAME_INDEX = 'node name'

/**
 * Deals the pods of one shared informer out to many nodes, so that a thousand simulated nodes cost one
 * watch. Call before the informers start.
 */
export class PodsByNode {
  readonly #informer: Informer<Pod>
  readonly #listeners = new Map<string, ((change: CacheChange<Pod>) => void)[]>()

  constructor(informer: Informer<Pod>) {
    this.#informer = informer
    informer.addIndex(NODE_NAME_INDEX, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
    informer.onChange((change) => this.#deal(change))
  }

  of(nodeName: string): PodSource {
    return {
      list: () => this.#informer.byIndex(NODE_NAME_INDEX, nodeName),
      onChange: (listener) => {
        const known = this.#listeners.get(nodeName)
        if (known === undefined) this.#listeners.set(nodeName, [listener])
        else known.push(listener)
      },
    }
  }

  /** A pod that changed its node (a new pod of the same name) is gone for the old one and new for the other. */
  #deal(change: CacheChange<Pod>): void {
    const from = change.previous?.spec.nodeName
    const to = change.current?.spec.nodeName
    if (from === to) {
      this.#tell(to, change)
      return
    }
    this.#tell(from, { ...change, current: undefined })
    this.#tell(to, { ...change, previous: undefined })
  }

  #tell(nodeName: string | undefined, change: CacheChange<Pod>): void {
    if (nodeName === undefined) return
    for (const listener of this.#listeners.get(nodeName) ?? []) listener(change)
  }
}
