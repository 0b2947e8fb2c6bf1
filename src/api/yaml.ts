import type { ScalarTag, Tags } from 'yaml'
import { isAlias, isMap, isPair, isScalar, LineCounter, parseDocument, stringify, visit, type YAMLError } from 'yaml'
import { BODY_DEPTH_MAX, YAML_ALIASES_MAX } from './limits.ts'

/** A body that is no YAML; the message begins with `yaml: ` as Go's does. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
}

/** A parsed document, and a sentence for each key that a map had more than once. */
export interface ParsedYaml {
  readonly value: unknown
  readonly duplicates: readonly string[]
}

/** Forms of YAML 1.1 that Go's library does not take for values: they stay strings. */
const STRINGS_TO_GO = new Set(
  ['timestamp', 'binary', 'omap', 'pairs', 'set'].map((word) => `tag:yaml.org,2002:${word}`),
)

const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'OCT',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => Number(text.replaceAll('_', '').replace(/^\+/, '')),
}

/** A point alone is a number to the library's YAML 1.1, but a word to Go, and a key of managed fields. */
const DECIMAL_POINT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/
const withGoForm = (tag: Tags[number]): Tags[number] =>
  isTag(tag) && 'test' in tag && tag.test?.test('.') ? { ...tag, test: DECIMAL_POINT } : tag

const isTag = (tag: Tags[number]): tag is Exclude<Tags[number], string> => typeof tag !== 'string'
const isGoTag = (tag: Tags[number]): boolean =>
  !isTag(tag) || !(STRINGS_TO_GO.has(tag.tag) || ('format' in tag && tag.format === 'TIME'))

const PARSE_OPTIONS = {
  version: '1.1',
  uniqueKeys: false,
  prettyErrors: false,
  strict: true,
  customTags: (tags: Tags): Tags => [octal, ...tags.filter(isGoTag).map(withGoForm)],
} as const

/** Parses the first document of a text as Go's YAML library would: YAML 1.1, `y` and `off` are booleans. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { ...PARSE_OPTIONS, lineCounter: lines })
  const fault = document.errors.find((error) => error.code !== 'MULTIPLE_DOCS')
  if (fault !== undefined) throw new YamlError(faultMessage(fault, lines))
  const duplicates = findDuplicates(document, lines)
  return { value: plainValue(document), duplicates }
}

function plainValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: YAML_ALIASES_MAX })
  } catch (thrown) {
    if (!(thrown instanceof ReferenceError)) throw thrown
    throw new YamlError('yaml: document contains excessive aliasing', { cause: thrown })
  }
}

/** Go's words for the commonest faults, by the library's code. */
const GO_WORDS: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  TAB_AS_INDENT: 'found character that cannot start any token',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
  UNEXPECTED_TOKEN: 'did not find expected key',
  MISSING_CHAR: 'found unexpected end of stream',
  BAD_INDENT: "did not find expected ',' or ']'",
}

/** Go's scanner leaves out the line of what it meets on the first one; its parser does not. */
const TOLD_BY_GO_SCANNER = new Set(['BLOCK_AS_IMPLICIT_KEY', 'TAB_AS_INDENT', 'MULTILINE_IMPLICIT_KEY', 'MISSING_CHAR'])

function faultMessage(fault: YAMLError, lines: LineCounter): string {
  const line = lines.linePos(fault.pos[0]).line
  const words = /Flow map/.test(fault.message) ? "did not find expected ',' or '}'" : GO_WORDS[fault.code]
  const where = line === 1 && TOLD_BY_GO_SCANNER.has(fault.code) ? '' : `line ${line}: `
  return `yaml: ${where}${words ?? fault.message}`
}

function findDuplicates(document: ReturnType<typeof parseDocument>, lines: LineCounter): string[] {
  const duplicates: string[] = []
  visit(document, (_key, node, ancestors) => {
    if (ancestors.length > 2 * BODY_DEPTH_MAX) throw new YamlError('yaml: exceeded max depth')
    if (isScalar(node)) checkNumber(node.value)
    if (isAlias(node) && node.resolve(document) === undefined)
      throw new YamlError(`yaml: unknown anchor '${node.source}' referenced`)
    if (!isMap(node)) return
    const seen = new Set<string>()
    for (const { key } of node.items.filter(isPair)) {
      if (!isScalar(key) || key.value === '<<') continue
      const name = String(key.value)
      if (seen.has(name)) {
        const line = lines.linePos(key.range?.[0] ?? 0).line
        duplicates.push(`line ${line}: key ${JSON.stringify(name)} already set in map`)
      }
      seen.add(name)
    }
  })
  return duplicates
}

function checkNumber(value: unknown): void {
  if (typeof value !== 'number') return
  if (!Number.isFinite(value)) throw new YamlError(`yaml: the number ${value} has no form in JSON`)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new YamlError(`yaml: the integer ${value} is beyond 9007199254740991 and cannot be kept exactly`)
  }
}

/** Writes a value as upstream's YAML answers look: sorted keys, lists not indented, words like "n" quoted. */
export function toYaml(value: unknown): string {
  return stringify(value, {
    version: '1.1',
    customTags: (tags) => tags.map(withGoForm),
    sortMapEntries: true,
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}
