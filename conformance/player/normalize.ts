const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\b/g
const GENERATED = /-[bcdfghjklmnpqrstvwxz2456789]{5}\b(?!-?[a-z0-9])/g
const HASH = /(-)([bcdfghjklmnpqrstvwxz2456789]{8,10})\b/g
const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const ESCAPED_VERSION = /(resourceVersion\\*":\\*")\d+/g
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/
const ADDRESS_KEY = /^(clusterIP|podIP|hostIP|ip)$/
const HASH_KEY = /(pod-template|controller-revision)-hash$/

export interface NormalizeRules {
  /** Actual text and the placeholder that stands for it. */
  readonly names: readonly (readonly [string, string])[]
  readonly keepManagedFields: boolean
  readonly ignore: readonly string[]
  /** Replace generated name endings and template hashes as well. */
  readonly generated: boolean
}

/**
 * Replaces what differs from run to run (uids by order of appearance, times, versions, addresses,
 * generated names), so that answers can be compared whole. One instance per case: it remembers uids.
 */
export class Normalizer {
  readonly #rules: NormalizeRules
  readonly #uids = new Map<string, string>()
  readonly #hashes = new Map<string, string>()

  constructor(rules: NormalizeRules) {
    this.#rules = rules
  }

  text(given: string): string {
    let text = given
    for (const [actual, placeholder] of this.#rules.names) text = text.replaceAll(actual, placeholder)
    if (this.#rules.generated) {
      text = text
        .replace(GENERATED, '-<gen>')
        .replace(HASH, (_, before: string, word: string) => before + this.#hash(word))
    }
    return text
      .replace(UID, (uid) => numbered(this.#uids, uid, 'uid'))
      .replace(TIME, '<time>')
      .replace(ESCAPED_VERSION, '$1<rv>')
  }

  value(node: unknown, path = ''): unknown {
    if (this.#rules.ignore.includes(path)) return undefined
    if (typeof node === 'string') return this.#string(node, path)
    if (Array.isArray(node)) return this.#items(node, path).map((item) => this.value(item, `${path}[]`))
    if (node !== null && typeof node === 'object') return this.#object(node, path)
    return node
  }

  body(text: string): unknown {
    try {
      return this.value(JSON.parse(text))
    } catch {
      return this.text(text)
    }
  }

  #string(text: string, path: string): string {
    const key = path.split('.').pop() ?? ''
    if (this.#rules.generated && HASH_KEY.test(key) && /^[a-z0-9]+$/.test(text)) return this.#hash(text)
    if (key === 'resourceVersion' && /^\d+$/.test(text)) return text === '0' ? '0' : '<rv>'
    if (key === 'continue' && text !== '') return '<continue>'
    if (ADDRESS_KEY.test(key) && ADDRESS.test(text)) return '<ip>'
    return this.text(text)
  }

  #items(items: readonly unknown[], path: string): readonly unknown[] {
    if (!path.endsWith('clusterIPs')) return items
    return items.map((item) => (typeof item === 'string' && ADDRESS.test(item) ? '<ip>' : item))
  }

  #object(node: object, path: string): Record<string, unknown> {
    const out: Record<string, unknown> = {}
    for (const [key, field] of Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (key === 'managedFields' && !this.#rules.keepManagedFields) continue
      const value =
        key === 'nodePort' && typeof field === 'number' ? '<port>' : this.value(field, path ? `${path}.${key}` : key)
      if (value !== undefined) out[this.text(key)] = value
    }
    return out
  }

  #hash(word: string): string {
    return numbered(this.#hashes, word, 'hash')
  }
}

function numbered(seen: Map<string, string>, word: string, kind: string): string {
  const known = seen.get(word)
  if (known !== undefined) return known
  const placeholder = `<${kind}-${seen.size + 1}>`
  seen.set(word, placeholder)
  return placeholder
}
