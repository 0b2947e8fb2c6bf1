import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJson } from '../../api/json.ts'
import { duplicateField, strictErrorsOf } from './strict_errors.ts'

const errorsOf = (text: string, ...unknown: string[]) => {
  const { duplicates, keys } = parseJson(text)
  const parsed = { strictErrors: duplicates.map(duplicateField), ...(keys && { keys }) }
  return strictErrorsOf(
    parsed,
    unknown.map((path) => `unknown field "${path}"`),
  )
}

test('unknown and duplicate keys are told as they come, and nothing below an unknown one', () => {
  const text =
    '{"metadata":{"name":"a","name":"b","zz":1},"foo":{"x":1,"x":2},"data":{"a":"1","a":"2"},"foo":1,"data":{}}'
  assert.deepEqual(errorsOf(text, 'metadata.zz', 'foo'), [
    'duplicate field "metadata.name"',
    'unknown field "metadata.zz"',
    'unknown field "foo"',
    'duplicate field "data.a"',
    'duplicate field "data"',
  ])
  assert.deepEqual(errorsOf('{"spec":{"bogus":1,"list":[{"a":1,"a":2}]}}', 'spec.bogus'), [
    'unknown field "spec.bogus"',
    'duplicate field "spec.list[0].a"',
  ])
  assert.deepEqual(errorsOf('{"a":1,"b":2}', 'b', 'a'), ['unknown field "b"', 'unknown field "a"'])
})
