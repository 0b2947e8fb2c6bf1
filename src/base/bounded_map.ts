/** A map that forgets what came first when it is full. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    const oldest = this.#entries.keys().next()
    if (this.#entries.size >= this.#max && oldest.done !== true && !this.#entries.has(key)) {
      this.#entries.delete(oldest.value)
    }
    this.#entries.set(key, value)
  }
}
