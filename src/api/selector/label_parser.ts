import { ApiError } from '../error.ts'
import { type FieldError, invalid } from '../field_error.ts'
import { labelValue, qualifiedName } from '../validation/names.ts'

export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!'

/** One condition of a label selector. */
export interface LabelRequirement {
  readonly key: string
  readonly operator: LabelOperator
  readonly values: readonly string[]
}

/** A word, or one of the signs that part words; the end is the empty sign. */
interface Token {
  readonly text: string
  readonly isWord: boolean
}

const TOKEN = /\s*(?:(!=|==|[=!(),<>])|([^\s=!(),<>]+))/y
const END: Token = { text: '', isWord: false }
const BINARY_OPERATORS = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'] as const
/** The operators as they are written; `gt` and `lt` are their names only. */
const WRITTEN_OPERATORS: Readonly<Record<string, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
}

const badSelector = (message: string): ApiError => new ApiError({ code: 400, reason: 'BadRequest', message })
const badRequirement = (message: string): ApiError => badSelector(`unable to parse requirement: ${message}`)

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push({ text: match[1] ?? match[2] ?? '', isWord: match[2] !== undefined })
  }
  return tokens
}

/** Reads the text of a label selector. @throws ApiError 400 with upstream's message */
export function parseRequirements(text: string): LabelRequirement[] {
  return new Parser(tokensOf(text)).selector()
}

/** Goes through the tokens as upstream's parser does, so that its faults are upstream's too. */
class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  selector(): LabelRequirement[] {
    const requirements: LabelRequirement[] = []
    while (this.#peek() !== END) {
      const first = this.#peek()
      if (!first.isWord && first.text !== '!')
        throw badSelector(`found '${first.text}', expected: !, identifier, or 'end of string'`)
      requirements.push(checked(this.#requirement()))
      if (!this.#endsOrGoesOn()) break
    }
    return requirements
  }

  /** Between requirements stands a comma, and behind it another one must come. */
  #endsOrGoesOn(): boolean {
    const next = this.#take()
    if (next === END) return false
    if (next.text !== ',') throw badSelector(`found '${next.text}', expected: ',' or 'end of string'`)
    const after = this.#peek()
    if (!after.isWord && after.text !== '!') throw badSelector(`found '${after.text}', expected: identifier after ','`)
    return true
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? END
  }

  #take(): Token {
    const token = this.#peek()
    if (token !== END) this.#at++
    return token
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek().text === '!'
    if (negated) this.#at++
    const key = this.#word(this.#take())
    if (negated) return { key, operator: '!', values: [] }
    if (this.#peek() === END || this.#peek().text === ',') return { key, operator: 'exists', values: [] }
    checkKey(key)
    const operator = this.#operator()
    return { key, operator, values: operator === 'in' || operator === 'notin' ? this.#list() : [this.#exact()] }
  }

  #word(token: Token): string {
    if (!token.isWord) throw badRequirement(`found '${token.text}', expected: identifier`)
    return token.text
  }

  #operator(): LabelOperator {
    const { text } = this.#take()
    const operator = Object.hasOwn(WRITTEN_OPERATORS, text) ? WRITTEN_OPERATORS[text] : undefined
    if (operator === undefined) throw badRequirement(`found '${text}', expected: ${BINARY_OPERATORS.join(', ')}`)
    return operator
  }

  #exact(): string {
    const next = this.#peek()
    if (next === END || next.text === ',') return ''
    return this.#word(this.#take())
  }

  /** `(a, b)`; commas next to each other or to a bracket hold an empty value between them. */
  #list(): string[] {
    const open = this.#take()
    if (open.text !== '(') throw badRequirement(`found '${open.text}' expected: '('`)
    const values = new Set<string>()
    let expectsValue = true
    for (let next = this.#take(); next.text !== ')' || next.isWord; next = this.#take()) {
      if (next.text === ',') {
        if (expectsValue) values.add('')
        expectsValue = true
      } else if (!next.isWord) throw badRequirement(`found '${next.text}', expected: ',', ')' or identifier`)
      else if (!expectsValue) throw badRequirement(`found '${next.text}', expected: ',' or ')'`)
      else {
        values.add(next.text)
        expectsValue = false
      }
      if (this.#peek().text === ')' && expectsValue) values.add('')
    }
    return [...values].sort()
  }
}

function checkKey(key: string): void {
  refuse(qualifiedName(key).map((fault) => invalid('key', key, fault)))
}

function refuse(faults: readonly FieldError[]): void {
  const texts = [...new Set(faults.map(({ field, message }) => `${field}: ${message}`))]
  if (texts.length > 0) throw badRequirement(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`)
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement
  checkKey(key)
  const faults: FieldError[] = []
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    faults.push(invalid('values', [], "for 'in', 'notin' operators, values set can't be empty"))
  }
  for (const [index, value] of values.entries()) {
    if ((operator === 'gt' || operator === 'lt') && !/^[+-]?\d+$/.test(value)) {
      faults.push(invalid(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    }
    faults.push(...labelValue(value).map((fault) => invalid(`values[${index}][${key}]`, value, fault)))
  }
  refuse(faults)
  return requirement
}
