import fc from 'fast-check'
import { allResources, type FieldFacts, findType, type ResourceFacts } from '../../src/api/schema/table.ts'
import type { Question } from '../../src/server/testing/test_server.ts'

/**
 * Objects of every kind of the API, with the fields and mostly the types that they should have, so that they come through
 * decoding to defaults, validation, admission and storage; their values are what nobody would write.
 */

/** Deeper objects take longer and find nothing else; custom resources' schemas would never end. */
const DEPTH_MAX = 6
/** Of a type with many fields so many are there. */
const FIELDS_MOST = 6

const WORDS = [
  ...[
    'one',
    'two',
    'default',
    'web',
    'http',
    'a',
    'A',
    'TCP',
    'UDP',
    'IPv4',
    'None',
    'In',
    'Exists',
    '80',
    '-1',
    '1Gi',
    '10m',
    '1e3',
  ],
  ...[
    'Always',
    'Never',
    'Retain',
    'RollingUpdate',
    'OnDelete',
    'Local',
    'v1',
    'apps/v1',
    'Pod',
    'ReadWriteOnce',
    'metadata.name',
  ],
  ...[
    '10.0.0.1',
    '::1',
    '10.0.0.0/8',
    'example.com',
    '*.example.com',
    'example.com/x',
    '/',
    '/a/../b',
    '../b',
    'a,b',
    '$(A)',
    '*',
  ],
  ...[
    '',
    ' ',
    '__proto__',
    'constructor',
    '\u0000',
    '\ud800',
    'é',
    '🚢',
    'x'.repeat(64),
    'x'.repeat(254),
    '99999999999999999999',
    '0x10',
  ],
]
const NUMBERS = [0, 1, 2, -1, 80, 65_535, 65_536, 2_147_483_647, -2_147_483_648, 4_294_967_296, Number.MAX_SAFE_INTEGER]

const word = fc.constantFrom(...WORDS)
const number = fc.constantFrom(...NUMBERS)
const time = fc.constantFrom('2026-11-21T00:00:00Z', '2026-11-21T00:00:00.000000Z', 'yesterday', '', null)
const anything = fc.oneof(word, number, fc.boolean(), fc.constant(null), fc.constant({}), fc.constant([]))
const nothing: fc.Arbitrary<unknown> = fc.constant({})

const LEAVES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: word,
  'string:byte': fc.constantFrom('', 'YQ==', 'YQ', '!', 'é'),
  'string:date-time': time,
  boolean: fc.boolean(),
  'integer:int32': number,
  'integer:int64': number,
  'number:double': fc.constantFrom(0, 0.5, -1, 1e300),
  'oneOf<string|number>': fc.oneof(fc.constantFrom('1', '1Gi', '0.5', '100m', '-1', '1e400', 'lots', ''), number),
  'oneOf<integer|string>': fc.oneof(fc.constantFrom('50%', '101%', 'http', '', '1'), number),
  object: fc.constantFrom({}, { a: 1 }, { 'f:metadata': {} }, { __proto__: null, x: { y: [] } }),
  any: anything,
}

const known = new Map<string, fc.Arbitrary<unknown>>()

/** Any value of a type, as the table writes types: `string[]`, `map<io.k8s…>`, `io.k8s…`. */
export function anyOf(type: string, depth = 0): fc.Arbitrary<unknown> {
  const key = `${depth} ${type}`
  const made = known.get(key) ?? build(type, depth)
  known.set(key, made)
  return made
}

function build(type: string, depth: number): fc.Arbitrary<unknown> {
  const leaf = LEAVES[type]
  if (leaf !== undefined) return leaf
  if (depth >= DEPTH_MAX) return nothing
  if (type.endsWith('[]')) return fc.array(anyOf(type.slice(0, -2), depth), { maxLength: 3 })
  const inMap = /^map<(.*)>$/.exec(type)?.[1]
  if (inMap !== undefined) return fc.dictionary(word, anyOf(inMap, depth), { maxKeys: 3, noNullPrototype: true })
  const facts = findType(type)
  if (facts?.fields === undefined) return LEAVES[facts?.t ?? 'any'] ?? anything
  return fields(facts.fields, facts.required ?? [], depth)
}

function fields(all: Readonly<Record<string, FieldFacts>>, required: readonly string[], depth: number) {
  const names = Object.keys(all)
  if (names.length === 0) return nothing
  const some = fc.subarray(names, { maxLength: Math.min(names.length, FIELDS_MOST) })
  return some.chain((chosen) => {
    const shape = Object.fromEntries(
      // A required field is left out only sometimes: most objects should come further than that.
      [...new Set([...required, ...chosen])].map((name) => [name, field(all[name] as FieldFacts, depth + 1)]),
    )
    return fc.record(shape, { noNullPrototype: true })
  })
}

const field = ({ t, enum: choices }: FieldFacts, depth: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 20, arbitrary: choices === undefined ? anyOf(t, depth) : fc.oneof(fc.constantFrom(...choices), word) },
    { weight: 1, arbitrary: anything },
  )

/** Resources of which a request may make or change objects. */
const written = allResources().filter(({ verbs }) => verbs.includes('create') || verbs.includes('update'))

const name = fc.constantFrom('one', 'two')
const metadata = fc.oneof(
  { weight: 5, arbitrary: name.map((one) => ({ name: one })) },
  { weight: 1, arbitrary: anyOf('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta') },
)

function objectOf({ ref, typeName }: ResourceFacts): fc.Arbitrary<object> {
  const apiVersion = ref.group === '' ? ref.version : `${ref.group}/${ref.version}`
  return fc
    .tuple(anyOf(typeName), metadata)
    .map(([value, meta]) => ({ ...(value as object), apiVersion, kind: ref.kind, metadata: meta }))
}

const ACCEPTS = [
  'application/json',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/yaml',
]
const PATCHES = [
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]
const QUERIES = [
  '',
  '',
  '',
  'dryRun=All',
  'fieldValidation=Strict',
  'fieldManager=fuzz&force=true',
  'fieldManager=other',
]

/** Makes, replaces, patches, applies or scales an object of any kind. */
export const typedQuestion: fc.Arbitrary<Question> = fc.constantFrom(...written).chain((facts) => {
  const { ref, subresources } = facts
  const root = ref.group === '' ? `/api/${ref.version}` : `/apis/${ref.group}/${ref.version}`
  const collection = `${root}${ref.namespaced ? '/namespaces/default' : ''}/${ref.resource}`
  const parts = ['', '', '', ...subresources.map((one) => `/${one.name}`)]
  const item = fc.tuple(name, fc.constantFrom(...parts)).map(([one, part]) => `${collection}/${one}${part}`)
  const request = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        method: fc.constant('POST'),
        path: fc.constant(collection),
        type: fc.constant('application/json'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        method: fc.constant('PUT'),
        path: item,
        type: fc.constantFrom('application/json', 'application/yaml'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ method: fc.constant('PATCH'), path: item, type: fc.constantFrom(...PATCHES) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ method: fc.constant('DELETE'), path: item, type: fc.constant('application/json') }),
    },
  )
  return fc
    .record({ request, body: objectOf(facts), query: fc.constantFrom(...QUERIES), accept: fc.constantFrom(...ACCEPTS) })
    .map(({ request: { method, path, type }, body, query, accept }) => ({
      method,
      path: query === '' ? path : `${path}?${query}`,
      headers: { 'content-type': type, accept },
      body: JSON.stringify(method === 'DELETE' ? {} : body),
    }))
})
