import { jsonSyntaxError } from './json_syntax.ts'
import { BODY_DEPTH_MAX } from './limits.ts'

/** A body that is no JSON, or JSON that cannot be kept exactly; the message is Go's where Go has one. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
}

/** A parsed text, and the paths of keys that an object had more than once (`metadata.name`), in order. */
export interface ParsedJson {
  readonly value: unknown
  readonly duplicates: readonly string[]
  /** With duplicates: the paths of all keys as the text has them. */
  readonly keys?: readonly string[]
}

/**
 * Parses JSON and finds what `JSON.parse` does not tell: too deep nesting, integers that a double
 * cannot hold, and duplicate keys. Objects given twice under one key are merged, as Go's decoder
 * does when it decodes into a struct or a map that it has begun.
 */
export function parseJson(text: string): ParsedJson {
  const value = parsed(text)
  const keyCount = scan(text)
  return countKeys(value) === keyCount ? { value, duplicates: [] } : parseWithDuplicates(text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new JsonError(jsonSyntaxError(text), { cause: thrown })
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COLON = 0x3a
const MINUS = 0x2d

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** The position behind the string that begins at `start`; the text is known to be JSON. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (text.charCodeAt(end - 1) === BACKSLASH && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}

const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y

function endOfNumber(text: string, start: number): number {
  NUMBER.lastIndex = start
  const token = NUMBER.exec(text)?.[0] ?? ''
  if (token.length > 15 || /[eE]/.test(token)) checkNumber(token)
  return start + Math.max(token.length, 1)
}

/** A number that would change on its way through a double is refused rather than stored wrong. */
function checkNumber(token: string): void {
  const value = Number(token)
  if (!Number.isFinite(value))
    throw new JsonError(`json: cannot unmarshal number ${token} into Go value of type float64`)
  if (/^-?\d+$/.test(token) && !Number.isSafeInteger(value)) {
    throw new JsonError(`json: the integer ${token} is beyond 9007199254740991 and cannot be kept exactly`)
  }
}

/** Walks a text that is known to be JSON once; answers how many keys it has. */
function scan(text: string): number {
  let keys = 0
  let depth = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
      continue
    }
    if (isDigit(code) || code === MINUS) {
      at = endOfNumber(text, at)
      continue
    }
    if (code === COLON) keys++
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth = deeper(depth)
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
    at++
  }
  return keys
}

function deeper(depth: number): number {
  if (depth >= BODY_DEPTH_MAX) throw new JsonError('exceeded max depth')
  return depth + 1
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    let count = 0
    for (const item of value) count += countKeys(item)
    return count
  }
  let count = 0
  for (const item of Object.values(value)) count += 1 + countKeys(item)
  return count
}

/** Sets a member as data, whatever its name: `__proto__` is a key like any other. */
export function setMember(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    ;(target as Record<string, unknown>)[key] = value
  }
}

/** The slow parser, for texts with duplicate keys only. */
function parseWithDuplicates(text: string): ParsedJson {
  const duplicates: string[] = []
  const keys: string[] = []
  let at = 0
  const skipSpace = (): void => {
    while (/[\s,:]/.test(text.charAt(at))) at++
  }
  const readString = (): string => {
    const start = at
    at = endOfString(text, at)
    return JSON.parse(text.slice(start, at))
  }
  const readObject = (path: string): object => {
    const object = {}
    at++
    for (skipSpace(); text.charCodeAt(at) !== CLOSE_BRACE; skipSpace()) {
      const key = readString()
      const inner = path === '' ? key : `${path}.${key}`
      const known = Object.hasOwn(object, key)
      keys.push(inner)
      if (known) duplicates.push(inner)
      skipSpace()
      const value = readValue(inner)
      setMember(object, key, known ? mergeMembers((object as Record<string, unknown>)[key], value) : value)
    }
    at++
    return object
  }
  const readArray = (path: string): unknown[] => {
    const array: unknown[] = []
    at++
    for (skipSpace(); text.charCodeAt(at) !== CLOSE_BRACKET; skipSpace())
      array.push(readValue(`${path}[${array.length}]`))
    at++
    return array
  }
  const readValue = (path: string): unknown => {
    skipSpace()
    const code = text.charCodeAt(at)
    if (code === QUOTE) return readString()
    if (code === OPEN_BRACE) return readObject(path)
    if (code === OPEN_BRACKET) return readArray(path)
    const token = /[^\s,\]}]+/y
    token.lastIndex = at
    const word = token.exec(text)?.[0] ?? 'null'
    at += word.length
    return JSON.parse(word)
  }
  return { value: readValue(''), duplicates, keys }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function mergeMembers(first: unknown, second: unknown): unknown {
  return isObject(first) && isObject(second) ? { ...first, ...second } : second
}
