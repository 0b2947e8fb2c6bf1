import { BODY_DEPTH_MAX } from './limits.ts'

const END = 'unexpected end of JSON input'

class Fault extends Error {}

/**
 * What Go's JSON scanner says of a text that is not JSON, for instance
 * `invalid character '}' looking for beginning of object key string`.
 */
export function jsonSyntaxError(text: string): string {
  const scanner = new Scanner(text)
  try {
    scanner.document()
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message
    throw thrown
  }
  return END
}

/** Go's scanner reads bytes, and shows the first one of a letter that has several. */
const firstByte = (character: string): string =>
  character <= '\x7f' ? character : String.fromCharCode(new TextEncoder().encode(character)[0] ?? 0)

const quoted = (character: string): string => {
  if (character === "'") return `'\\''`
  if (character === '"') return `'"'`
  const shown = JSON.stringify(firstByte(character)).slice(1, -1)
  return `'${shown.replace(/^\\u00/, '\\x')}'`
}

/** Goes through a text as Go's scanner does, and throws a Fault where that would stop. */
class Scanner {
  readonly #text: string
  #at = 0
  /** How many arrays and objects are open. */
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): void {
    this.#space()
    this.#value()
    this.#space()
    if (this.#at < this.#text.length) this.#fail('after top-level value')
  }

  /** The next character; the end of the text is always the same fault. */
  #peek(): string {
    if (this.#at >= this.#text.length) throw new Fault(END)
    return String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
  }

  #fail(context: string): never {
    throw new Fault(`invalid character ${quoted(this.#peek())} ${context}`)
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at++
  }

  #value(): void {
    const first = this.#peek()
    if (first === '{') this.#nested(() => this.#object())
    else if (first === '[') this.#nested(() => this.#array())
    else if (first === '"') this.#string()
    else if (first === '-' || (first >= '0' && first <= '9')) this.#number()
    else if (first === 't') this.#literal('true')
    else if (first === 'f') this.#literal('false')
    else if (first === 'n') this.#literal('null')
    else this.#fail('looking for beginning of value')
  }

  #nested(read: () => void): void {
    if (++this.#depth > BODY_DEPTH_MAX) throw new Fault('exceeded max depth')
    read()
    this.#depth--
  }

  #literal(word: string): void {
    for (const [index, letter] of [...word].entries()) {
      if (this.#peek() !== letter) this.#fail(`in literal ${word} (expecting ${quoted(word.charAt(index))})`)
      this.#at++
    }
  }

  #object(): void {
    this.#at++
    this.#space()
    if (this.#peek() === '}') {
      this.#at++
      return
    }
    for (;;) {
      this.#space()
      if (this.#peek() !== '"') this.#fail('looking for beginning of object key string')
      this.#string()
      this.#space()
      if (this.#peek() !== ':') this.#fail('after object key')
      this.#at++
      this.#space()
      this.#value()
      if (this.#endsAfterMember('}', 'after object key:value pair')) return
    }
  }

  #array(): void {
    this.#at++
    this.#space()
    if (this.#peek() === ']') {
      this.#at++
      return
    }
    do {
      this.#space()
      this.#value()
    } while (!this.#endsAfterMember(']', 'after array element'))
  }

  #endsAfterMember(close: string, context: string): boolean {
    this.#space()
    const next = this.#peek()
    if (next !== ',' && next !== close) this.#fail(context)
    this.#at++
    return next === close
  }

  #string(): void {
    this.#at++
    for (let next = this.#peek(); next !== '"'; next = this.#peek()) {
      if (next < ' ') this.#fail('in string literal')
      this.#at += next.length
      if (next === '\\') this.#escape()
    }
    this.#at++
  }

  #escape(): void {
    const kind = this.#peek()
    if (!'"\\/bfnrtu'.includes(kind)) this.#fail('in string escape code')
    this.#at++
    if (kind !== 'u') return
    for (let digits = 0; digits < 4; digits++, this.#at++) {
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#fail('in \\u hexadecimal character escape')
    }
  }

  #number(): void {
    if (this.#peek() === '-') this.#at++
    if (this.#peek() === '0') this.#at++
    else this.#digits('in numeric literal')
    if (this.#text.charAt(this.#at) === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (/[eE]/.test(this.#text.charAt(this.#at))) {
      this.#at++
      if (/[+-]/.test(this.#text.charAt(this.#at))) this.#at++
      this.#digits('in exponent of numeric literal')
    }
  }

  #digits(context: string): void {
    if (!/\d/.test(this.#peek())) this.#fail(context)
    while (/\d/.test(this.#text.charAt(this.#at))) this.#at++
  }
}
