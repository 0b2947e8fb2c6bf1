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
    checkKey(key)
    if (negated) return { key, operator: '!', values: [] }
    if (this.#peek() === END || this.#peek().text === ',') return { key, operator: 'exists', values: [] }
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

  /** `(a, b)`; nothing, and what commas leave out, is an empty value. */
  #list(): string[] {
    const open = this.#take()
    if (open.text !== '(') throw badRequirement(`found '${open.text}' expected: '('`)
    const first = this.#peek()
    if (!first.isWord && first.text !== ',' && first.text !== ')') {
      throw badRequirement(`found '${first.text}', expected: ',', ')' or identifier`)
    }
    const values = first.text === ')' ? new Set(['']) : this.#listed()
    const close = this.#take()
    if (close.text !== ')') throw badRequirement(`found '${close.text}', expected: ')'`)
    return [...values].sort()
  }

  #listed(): Set<string> {
    const values = new Set<string>()
    for (;;) {
      const token = this.#take()
      if (token.isWord) {
        values.add(token.text)
        const next = this.#peek()
        if (next.text === ')') return values
        if (next.text !== ',') throw badRequirement(`found '${next.text}', expected: ',' or ')'`)
      } else if (token.text === ',') {
        if (this.#fillsGaps(values)) return values
      } else throw badRequirement(`found '${token.text}', expected: ',', or identifier`)
    }
  }

  /** Adds the empty values around a comma; answers whether the list ends behind it. */
  #fillsGaps(values: Set<string>): boolean {
    if (values.size === 0) values.add('')
    const { text } = this.#peek()
    if (text === ')' || text === ',') values.add('')
    if (text === ',') this.#at++
    return text === ')'
  }
}

/** A key is checked before anything knows where it stands, hence upstream's word for no place. */
function checkKey(key: string): void {
  const faults = qualifiedName(key)
  if (faults.length > 0) refuse([invalid('<nil>', key, faults.join('; '))])
}

function refuse(faults: readonly FieldError[]): void {
  const texts = [...new Set(faults.map(({ field, message }) => `${field}: ${message}`))]
  if (texts.length > 0) throw badRequirement(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`)
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement
  const faults: FieldError[] = []
  for (const [index, value] of values.entries()) {
    if ((operator === 'gt' || operator === 'lt') && !/^[+-]?\d+$/.test(value)) {
      faults.push(invalid(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    }
    const wrong = labelValue(value)
    if (wrong.length > 0) faults.push(invalid(`values[${index}][${key}]`, value, wrong.join('; ')))
  }
  refuse(faults)
  return requirement
}
