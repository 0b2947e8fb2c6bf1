/** A check of a text's form: the faults as upstream words them, empty when the text is right. */
export type FormCheck = (text: string) => string[]

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const UNDERSCORE_PART = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const UNDERSCORE_SUBDOMAIN = `${UNDERSCORE_PART}(\\.${UNDERSCORE_PART})*`
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const QUALIFIED_PART = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${QUALIFIED_PART})?`
const CONFIG_KEY = '[-._a-zA-Z0-9]+'
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"
const HTTP_HEADER = '[-A-Za-z0-9]+'

const LABEL_CHARACTERS_MAX = 63
const SUBDOMAIN_CHARACTERS_MAX = 253
const PORT_NAME_CHARACTERS_MAX = 15

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`)
const IS_LABEL = whole(LABEL)
const IS_SUBDOMAIN = whole(SUBDOMAIN)
const IS_UNDERSCORE_SUBDOMAIN = whole(UNDERSCORE_SUBDOMAIN)
const IS_DNS_1035 = whole(DNS_1035)
const IS_QUALIFIED_PART = whole(QUALIFIED_PART)
const IS_LABEL_VALUE = whole(LABEL_VALUE)
const IS_CONFIG_KEY = whole(CONFIG_KEY)

const encoder = new TextEncoder()
/** Each label of each write is measured: one unit of a text makes one to three bytes, so most need no encoding. */
const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)
const bytesOf = (text: string): number => (isAscii(text) ? text.length : encoder.encode(text).length)
const tooManyCharacters = (most: number): string => `must be no more than ${most} characters`
const tooManyBytes = (most: number): string => `must be no more than ${most} bytes`

/** How upstream words a pattern that does not match: the rule, examples, the pattern itself. */
function patternFault(rule: string, pattern: string, ...examples: string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return examples.length === 0
    ? `${rule} (regex used for validation is '${pattern}')`
    : `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`
}

const LABEL_FAULT = patternFault(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
)
const SUBDOMAIN_FAULT = patternFault(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
)
const UNDERSCORE_SUBDOMAIN_FAULT = patternFault(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  UNDERSCORE_SUBDOMAIN,
  'example.com',
)
const DNS_1035_FAULT = patternFault(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  DNS_1035,
  'my-name',
  'abc-123',
)
const QUALIFIED_FAULT = patternFault(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED_PART,
  'MyName',
  'my.name',
  '123-abc',
)
const LABEL_VALUE_FAULT = patternFault(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
)
const CONFIG_KEY_FAULT = patternFault(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  CONFIG_KEY,
  'key.name',
  'KEY_NAME',
  'key-name',
)

/** RFC 1123 label: `my-name`. */
export const dnsLabel: FormCheck = (text) => {
  const faults = bytesOf(text) > LABEL_CHARACTERS_MAX ? [tooManyCharacters(LABEL_CHARACTERS_MAX)] : []
  if (IS_LABEL.test(text)) return faults
  return [...faults, IS_SUBDOMAIN.test(text) ? 'must not contain dots' : LABEL_FAULT]
}

/** RFC 1123 subdomain: `example.com`. */
export const dnsSubdomain: FormCheck = (text) => [
  ...(bytesOf(text) > SUBDOMAIN_CHARACTERS_MAX ? [tooManyCharacters(SUBDOMAIN_CHARACTERS_MAX)] : []),
  ...(IS_SUBDOMAIN.test(text) ? [] : [SUBDOMAIN_FAULT]),
]

/** As `dnsSubdomain`, and underscores: what a DNS search path may be. */
export const dnsSubdomainWithUnderscore: FormCheck = (text) => [
  ...(bytesOf(text) > SUBDOMAIN_CHARACTERS_MAX ? [tooManyCharacters(SUBDOMAIN_CHARACTERS_MAX)] : []),
  ...(IS_UNDERSCORE_SUBDOMAIN.test(text) ? [] : [UNDERSCORE_SUBDOMAIN_FAULT]),
]

/** RFC 1035 label: starts with a letter. */
export const dns1035Label: FormCheck = (text) => [
  ...(bytesOf(text) > LABEL_CHARACTERS_MAX ? [tooManyCharacters(LABEL_CHARACTERS_MAX)] : []),
  ...(IS_DNS_1035.test(text) ? [] : [DNS_1035_FAULT]),
]

/** `*.example.com`, which an Ingress may name. */
export const wildcardSubdomain: FormCheck = (text) => {
  const pattern = `\\*\\.${SUBDOMAIN}`
  const faults = bytesOf(text) > SUBDOMAIN_CHARACTERS_MAX ? [tooManyCharacters(SUBDOMAIN_CHARACTERS_MAX)] : []
  if (whole(pattern).test(text)) return faults
  const rule =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
  return [...faults, patternFault(rule, pattern, '*.example.com')]
}

/** `name` or `prefix/name`: keys of labels and annotations, finalizers, conditions. */
export const qualifiedName: FormCheck = (text) => {
  const parts = text.split('/')
  if (parts.length > 2) {
    return [
      `a valid label key ${QUALIFIED_FAULT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const name = parts.at(-1) ?? ''
  const prefix = parts.length === 2 ? parts[0] : undefined
  return [...(prefix === undefined ? [] : prefixFaults(prefix)), ...namePartFaults(name)]
}

const prefixFaults = (prefix: string): string[] =>
  prefix === '' ? ['prefix part must be non-empty'] : dnsSubdomain(prefix).map((fault) => `prefix part ${fault}`)

function namePartFaults(name: string): string[] {
  if (name === '') return ['name part must be non-empty', `name part ${QUALIFIED_FAULT}`]
  return [
    ...(bytesOf(name) > LABEL_CHARACTERS_MAX ? [`name part ${tooManyBytes(LABEL_CHARACTERS_MAX)}`] : []),
    ...(IS_QUALIFIED_PART.test(name) ? [] : [`name part ${QUALIFIED_FAULT}`]),
  ]
}

/** What a label's value may be; the empty text is fine. */
export const labelValue: FormCheck = (text) => [
  ...(bytesOf(text) > LABEL_CHARACTERS_MAX ? [tooManyBytes(LABEL_CHARACTERS_MAX)] : []),
  ...(IS_LABEL_VALUE.test(text) ? [] : [LABEL_VALUE_FAULT]),
]

/** Keys of a ConfigMap or Secret; they become file names. */
export const configKey: FormCheck = (text) => {
  const faults = bytesOf(text) > SUBDOMAIN_CHARACTERS_MAX ? [tooManyCharacters(SUBDOMAIN_CHARACTERS_MAX)] : []
  if (!IS_CONFIG_KEY.test(text)) faults.push(CONFIG_KEY_FAULT)
  if (text === '.') return [...faults, "must not be '.'"]
  if (text === '..') return [...faults, "must not be '..'"]
  return text.startsWith('..') ? [...faults, "must not start with '..'"] : faults
}

/** A name that is one segment of a URL path and nothing more (Role names, for one). */
export const pathSegment: FormCheck = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`]
  return ['/', '%'].filter((character) => text.includes(character)).map((character) => `may not contain '${character}'`)
}

/** Names of ports: at most 15 lower case characters with a letter among them. */
export const portName: FormCheck = (text) => [
  ...(text.length > PORT_NAME_CHARACTERS_MAX ? [tooManyCharacters(PORT_NAME_CHARACTERS_MAX)] : []),
  ...(/^[-a-z0-9]+$/.test(text) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(text) ? [] : ['must contain at least one letter (a-z)']),
  ...(text.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(text.startsWith('-') || text.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
]

/** Printable ASCII but for `=`. */
export const environmentName: FormCheck = (text) => [
  ...(/^[ -<>-~]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]),
]

/** The name of an HTTP header. */
export const httpHeaderName: FormCheck = (text) =>
  whole(HTTP_HEADER).test(text)
    ? []
    : [patternFault("a valid HTTP header must consist of alphanumeric characters or '-'", HTTP_HEADER, 'X-Header-Name')]

/** A relative HTTP path without a query. */
export const httpPathCharacters: FormCheck = (text) =>
  whole(HTTP_PATH).test(text) ? [] : ['contains invalid characters']

/** A name prefix may end in a dash: the generated ending follows. */
export const maskTrailingDash = (prefix: string): string =>
  prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix
