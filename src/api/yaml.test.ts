import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseYaml, toYaml } from './yaml.ts'

const valueIn = (text: string): unknown => (parseYaml(`a: ${text}`).value as { a: unknown }).a

test('words and numbers are those of YAML 1.1 as Go reads them', () => {
  assert.deepEqual(['y', 'off', 'YES', '0o7', '010', '~', '1e3'].map(valueIn), [true, false, true, 7, 8, null, 1000])
  assert.deepEqual(['2026-01-01', '12:30:45', '"y"'].map(valueIn), ['2026-01-01', '12:30:45', 'y'])
})

test('a duplicate key is told with its line, and the last one wins', () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yam}\ndata: {x: "1", x: "2"}\n'
  const { value, duplicates } = parseYaml(text)
  assert.deepEqual(duplicates, ['line 4: key "x" already set in map'])
  assert.deepEqual((value as { data: unknown }).data, { x: '2' })
})

test("what is no YAML is refused in Go's words", () => {
  assert.throws(() => parseYaml('a: [1'), { message: "yaml: line 1: did not find expected ',' or ']'" })
  assert.throws(() => parseYaml('a: b: c'), { message: 'yaml: mapping values are not allowed in this context' })
  assert.throws(() => parseYaml('a: *nowhere'), { message: "yaml: unknown anchor 'nowhere' referenced" })
})

test('aliases cannot grow without bound', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [from, to] of ['ab', 'bc', 'cd', 'de'].map((pair) => [...pair])) {
    bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]`)
  }
  assert.throws(() => parseYaml(bomb.join('\n')), { message: 'yaml: document contains excessive aliasing' })
})

test('only the first document counts, and __proto__ is data', () => {
  assert.deepEqual(parseYaml('---\na: 1\n---\nb: 2\n').value, { a: 1 })
  assert.equal(JSON.stringify(parseYaml('__proto__: {a: 1}').value), '{"__proto__":{"a":1}}')
})

test('writes as upstream does', () => {
  const object = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    data: { x: '1', n: 'true', multi: 'a\nb\n' },
    list: [{ '.': {}, f: {} }],
  }
  const text =
    'apiVersion: v1\ndata:\n  multi: |\n    a\n    b\n  "n": "true"\n  x: "1"\nkind: ConfigMap\nlist:\n- .: {}\n  f: {}\n'
  assert.equal(toYaml(object), text)
  assert.equal(toYaml({ t: '2026-01-01T00:00:00Z' }), 't: "2026-01-01T00:00:00Z"\n')
})
