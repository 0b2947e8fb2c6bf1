import { STRICT_ERRORS_MAX } from '../limits.ts'
import { NAMED_STRING_TYPES } from '../schema/named_strings.ts'

/** A value that Go could not decode into the type; the message is Go's. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/**
 * What becomes of empty lists and maps: `stored`, they are none, as after the store; `encoded`, only fields that are
 * always written keep them, as Go's encoder does; `kept`, all are there, as in Go's memory.
 */
export type Empties = 'stored' | 'encoded' | 'kept'

/**
 * Where a decoding is and what it has met. The first pass only notes that something is odd, which
 * costs nothing when nothing is; a second pass, in the order of the document, then finds out what.
 */
export class DecodeState<R extends Report | undefined = Report | undefined> {
  /** Set in the first pass when there is a reason for the second. */
  odd = false
  /** Set when an empty list or map was met. */
  hollow = false
  readonly report: R
  /** A part of the value that was decoded before and not changed since: it is handed over as it is. */
  readonly decoded: object | undefined
  readonly #empties: Empties

  constructor(report: R, empties: Empties = 'stored', decoded?: object) {
    this.report = report
    this.#empties = empties
    this.decoded = decoded
  }

  /** Whether an empty list or map stays; `always` says that its field is written even when it has none. */
  keepsEmpty(always: boolean): boolean {
    this.hollow = true
    return this.#empties === 'kept' || (always && this.#empties === 'encoded')
  }

  /** A value of the wrong JSON type: Go remembers the first such fault and goes on. */
  mismatch(value: unknown, goType: string, withNumber = false): undefined {
    this.odd = true
    if (this.report?.converts) return this.abort(conversionFault(value, goType))
    this.report?.mismatch(describe(value, withNumber), goType)
    return undefined
  }

  /** A faulty base64 text and the like: remembered like a mismatch. */
  fault(message: string): undefined {
    this.odd = true
    if (this.report?.converts) return this.abort(`error decoding from json: ${message}`)
    this.report?.fault(message)
    return undefined
  }

  /** An integer that does not fit: Go's converter of maps takes as many bits of it as there is room for. */
  overflow(value: unknown, goType: string): number | undefined {
    if (this.report?.converts && goType === 'int32' && Number.isSafeInteger(value)) return Number(value) | 0
    return this.mismatch(value, goType, true)
  }

  /** A value of the wrong JSON type for a type that decodes itself: Go stops there, and names the place. */
  abortMismatch(value: unknown, goType: string, withNumber = false): undefined {
    const place = this.report?.converts ? 'Go value' : this.report?.place
    return this.abort(`json: cannot unmarshal ${describe(value, withNumber)} into ${place} of type ${goType}`)
  }

  /** A fault in a type that decodes itself (quantity, time): Go stops there. */
  abort(message: string): undefined {
    this.odd = true
    if (this.report !== undefined) throw new DecodeError(message)
    return undefined
  }
}

const isNamedString = (goType: string): boolean => NAMED_STRING_TYPES.has(goType)

/** How Go's converter of already parsed maps puts it, which strategic merges go through. */
function conversionFault(value: unknown, goType: string): string {
  const isList = Array.isArray(value)
  const scalar = typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : describe(value, false)
  const kind = isList ? 'slice' : scalar === 'object' ? 'map' : scalar
  if (goType.startsWith('[]')) return `cannot restore slice from ${kind}`
  if (goType.startsWith('map[') || goType === 'v1.ResourceList') return `cannot restore map from ${kind}`
  if (goType.includes('.') && !isNamedString(goType)) return `cannot restore struct from: ${kind}`
  const isText = goType === 'string' || isNamedString(goType)
  if (scalar === 'int64' ? isText : scalar === 'float64' && /^(int|uint)\d/.test(goType)) {
    return `cannot convert ${scalar} to ${goType}`
  }
  return `unrecognized type: ${isNamedString(goType) ? 'string' : goType}`
}

function describe(value: unknown, withNumber: boolean): string {
  if (typeof value === 'number') return withNumber ? `number ${value}` : 'number'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? 'array' : 'object'
}

/** The struct that has a field, and the embedded structs through which it is reached. */
export interface FieldOwner {
  readonly struct: string
  readonly embedded: readonly string[]
}

/** What the second pass collects: Go's first type fault and the unknown fields with their paths. */
export class Report {
  readonly unknownFields = new Set<string>()
  /** Whether the value comes from a map that Go converts rather than from JSON: other words for the same faults. */
  readonly converts: boolean
  #firstFault: string | undefined
  #muted = 0
  /** JSON names from the root, without indices and map keys: how type faults name a place. */
  readonly #fields: string[] = []
  #struct = ''
  /** With indices and map keys: how strict errors name a place. */
  #path = ''

  constructor(converts = false) {
    this.converts = converts
  }

  get firstFault(): string | undefined {
    return this.#firstFault
  }

  mismatch(found: string, goType: string): void {
    this.fault(`json: cannot unmarshal ${found} into ${this.place} of type ${goType}`)
  }

  /** Where the decoding is, in Go's words. */
  get place(): string {
    return this.#struct === '' ? 'Go value' : `Go struct field ${this.#struct}.${this.#fields.join('.')}`
  }

  fault(message: string): void {
    this.#firstFault ??= message
  }

  unknownField(name: string): void {
    if (this.#muted > 0 || this.unknownFields.size >= STRICT_ERRORS_MAX) return
    this.unknownFields.add(`unknown field "${this.#path === '' ? name : `${this.#path}.${name}`}"`)
  }

  /** Runs `decode` inside one field of a struct. */
  insideField<T>(owner: FieldOwner, name: string, decode: () => T): T {
    const outer = this.#struct
    this.#struct = owner.struct
    this.#fields.push(...owner.embedded, name)
    const value = this.insideKey(name, decode)
    this.#fields.splice(-1 - owner.embedded.length)
    this.#struct = outer
    return value
  }

  insideKey<T>(key: string, decode: () => T): T {
    return this.#inside(this.#path === '' ? key : `${this.#path}.${key}`, decode)
  }

  insideIndex<T>(index: number, decode: () => T): T {
    return this.#inside(`${this.#path}[${index}]`, decode)
  }

  /** Types that decode themselves drop unknown fields without a word. */
  muted<T>(decode: () => T): T {
    this.#muted++
    const value = decode()
    this.#muted--
    return value
  }

  #inside<T>(path: string, decode: () => T): T {
    const outer = this.#path
    this.#path = path
    const value = decode()
    this.#path = outer
    return value
  }
}
