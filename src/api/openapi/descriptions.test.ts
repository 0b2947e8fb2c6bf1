import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allResources, findType, typeOf } from '../schema/table.ts'
import { DESCRIPTIONS, describe, describeField } from './descriptions.ts'

const LONGEST = 300

test('every description is about a type and a field that exist', () => {
  for (const [typeName, fields] of Object.entries(DESCRIPTIONS)) {
    if (typeName.startsWith('*')) continue
    const type = findType(typeName)
    assert.ok(type !== undefined, typeName)
    for (const field of Object.keys(fields))
      assert.ok(field === '' || type.fields?.[field] !== undefined, `${typeName}.${field}`)
  }
})

test('descriptions are short and end with a full stop', () => {
  for (const [typeName, fields] of Object.entries(DESCRIPTIONS)) {
    for (const [field, description] of Object.entries(fields)) {
      assert.match(description, /^\S.*\.$/, `${typeName}.${field}`)
      assert.ok(description.length < LONGEST, `${typeName}.${field}`)
    }
  }
})

test('every kind is described, and what all kinds have in common', () => {
  for (const { typeName } of allResources()) {
    const type = typeOf(typeName)
    assert.ok(describe(type) !== undefined, typeName)
    for (const field of ['apiVersion', 'kind', 'metadata', 'spec', 'status'])
      if (type.fields?.[field] !== undefined)
        assert.ok(describeField(type, field) !== undefined, `${typeName}.${field}`)
  }
})

test('nothing of the spec of a stateful set is left without a description', () => {
  const open = ['io.k8s.api.apps.v1.StatefulSetSpec']
  const seen = new Set<string>()
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const type = typeOf(name)
    for (const [field, { t }] of Object.entries(type.fields ?? {})) {
      assert.ok(describeField(type, field) !== undefined, `${name}.${field}`)
      if (t.startsWith('io.k8s.api.apps.')) open.push(t)
    }
  }
  assert.equal(seen.size, 5)
})
