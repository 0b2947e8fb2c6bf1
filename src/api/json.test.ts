import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJson } from './json.ts'
import { BODY_DEPTH_MAX } from './limits.ts'

test('reports duplicate keys with their paths and lets the last one win', () => {
  const { value, duplicates } = parseJson(
    '{"metadata":{"name":"a","name":"b"},"data":{"x":"1"},"data":{"y":"2"},"l":[{"k":1,"k":2}]}',
  )
  assert.deepEqual(duplicates, ['metadata.name', 'data', 'l[0].k'])
  assert.deepEqual(value, { metadata: { name: 'b' }, data: { x: '1', y: '2' }, l: [{ k: 2 }] })
})

test('strings full of JSON signs are no structure', () => {
  const odd = { 'a:"{': ['\\', '"', ':{[', 'x\\"', '9007199254740993'], b: { c: -1.5e3 } }
  assert.deepEqual(parseJson(JSON.stringify(odd)), { value: odd, duplicates: [] })
})

test('__proto__ is data', () => {
  const { value } = parseJson('{"__proto__":{"a":1},"__proto__":{"b":2},"c":1,"c":2}')
  assert.equal(JSON.stringify(value), '{"__proto__":{"a":1,"b":2},"c":2}')
  assert.equal(({} as Record<string, unknown>)['a'], undefined)
})

test('refuses what would be kept inexactly or nests too deep', () => {
  assert.throws(() => parseJson('{"a":9007199254740993}'), /9007199254740993/)
  assert.throws(() => parseJson('[1e999]'), /1e999/)
  assert.equal(parseJson('[9007199254740991]').duplicates.length, 0)
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  assert.throws(() => parseJson(deep(BODY_DEPTH_MAX + 1)), /exceeded max depth/)
  assert.throws(() => parseJson('['.repeat(1_000_000)), /exceeded max depth/)
  parseJson(deep(BODY_DEPTH_MAX))
})

const SYNTAX_ERRORS: Readonly<Record<string, string>> = {
  '': 'unexpected end of JSON input',
  '{"apiVersion":"v1",': 'unexpected end of JSON input',
  nonsense: "invalid character 'o' in literal null (expecting 'u')",
  '{"a":{"b":"c"},}': "invalid character '}' looking for beginning of object key string",
  '{"a":1} trailing': "invalid character 't' after top-level value",
  '{"a" 1}': "invalid character '1' after object key",
  '[1 2]': "invalid character '2' after array element",
  '{"a":1 "b":2}': `invalid character '"' after object key:value pair`,
  '["\\x"]': "invalid character 'x' in string escape code",
  '["\n"]': "invalid character '\\n' in string literal",
  '[01]': "invalid character '1' after array element",
  '[1.]': "invalid character ']' after decimal point in numeric literal",
  '[-]': "invalid character ']' in numeric literal",
  yes: "invalid character 'y' looking for beginning of value",
}

for (const [text, message] of Object.entries(SYNTAX_ERRORS)) {
  test(`says what is wrong with ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseJson(text), { name: 'JsonError', message })
  })
}

test('a letter of several bytes is shown by its first', () => {
  assert.throws(() => parseJson('\ufeff{}'), /^JsonError: invalid character 'ï' looking for beginning of value$/)
})
