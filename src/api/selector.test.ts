import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileLabelSelector, matchesFields, parseFieldSelector, parseLabelSelector } from './selector.ts'

const OBJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  a: { app: 'one', tier: 'web' },
  b: { app: 'one' },
  c: { app: 'two', tier: 'db', n: '5' },
  d: {},
}
const chosen = (text: string): string => {
  const matches = parseLabelSelector(text)
  return Object.keys(OBJECTS)
    .filter((name) => matches(OBJECTS[name]))
    .join('')
}

const SELECTIONS: Readonly<Record<string, string>> = {
  '': 'abcd',
  'app=one': 'ab',
  'app==one,tier=web': 'a',
  'app!=one': 'cd',
  'app in (one,two)': 'abc',
  'app in (one),tier': 'a',
  'app notin (one)': 'cd',
  '!tier, app': 'b',
  'n>4': 'c',
  'n<5': '',
  'tier in (,db)': 'c',
  'tier=': '',
  'tier in ()': '',
  'app notin (,one,)': 'cd',
}
for (const [text, names] of Object.entries(SELECTIONS)) {
  test(`"${text}" selects "${names}"`, () => assert.equal(chosen(text), names))
}

const FAULTS: Readonly<Record<string, string>> = {
  'a b': "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
  'app in one': "unable to parse requirement: found 'one' expected: '('",
  '=x': "found '=', expected: !, identifier, or 'end of string'",
  'app in (one': "unable to parse requirement: found '', expected: ',' or ')'",
  '/x=a': 'unable to parse requirement: <nil>: Invalid value: "/x": prefix part must be non-empty',
  'app=,,': "found ',', expected: identifier after ','",
  'app=bad value': "found 'value', expected: ',' or 'end of string'",
  'n>abc':
    "unable to parse requirement: values[0]: Invalid value: \"abc\": for 'Gt', 'Lt' operators, the value must be an integer",
}
for (const [text, message] of Object.entries(FAULTS)) {
  test(`"${text}" is refused`, () => assert.throws(() => parseLabelSelector(text), { code: 400, message }))
}

test('an absent selector object selects nothing, an empty one everything', () => {
  assert.equal(compileLabelSelector(undefined)({ a: 'b' }), false)
  assert.equal(compileLabelSelector({})(undefined), true)
  assert.equal(compileLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Exists' }] })({ a: 'b' }), true)
})

test('field selectors compare, negate and unescape', () => {
  const terms = parseFieldSelector('spec.nodeName!=,metadata.name==a\\,b')
  assert.deepEqual(terms, [
    { field: 'spec.nodeName', value: '', equal: false },
    { field: 'metadata.name', value: 'a,b', equal: true },
  ])
  assert.equal(
    matchesFields(terms, (field) => (field === 'metadata.name' ? 'a,b' : 'n')),
    true,
  )
  assert.equal(
    matchesFields(terms, () => undefined),
    false,
  )
  const message = "invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'"
  assert.throws(() => parseFieldSelector('metadata.name in (a)'), { code: 400, message })
  assert.throws(() => parseFieldSelector('a=b=c'), { code: 400 })
})
