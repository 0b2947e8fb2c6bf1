import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unknownFormats } from './custom_resource_formats.ts'
import { columnErrors, conversionErrors, subresourceErrors } from './custom_resource_parts.ts'
import { type Schema, schemaErrors } from './custom_resource_schema.ts'
import { structureErrors } from './custom_resource_structure.ts'

const texts = (errors: readonly { field: string; message: string }[]) =>
  errors.map(({ field, message }) => `${field}: ${message}`)
const structure = (schema: Schema) => texts(structureErrors(schema, 's'))

test('each value of a structural schema has a type, said outside of its clauses', () => {
  const schema: Schema = {
    type: 'object',
    properties: { a: {}, l: { type: 'array' }, n: { type: 'integer', anyOf: [{ type: 'integer' }] } },
  }
  assert.deepEqual(structure(schema), [
    's.properties[a].type: Required value: must not be empty for specified object fields',
    's.properties[l].items: Required value: must be specified',
    's.properties[n].anyOf[0].type: Forbidden: must be empty to be structural',
  ])
  assert.deepEqual(structure({ type: 'string' }), ['s.type: Invalid value: "string": must be object at the root'])
})

test('a number or a text may name both types', () => {
  const either: Schema = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }
  assert.deepEqual(structure({ type: 'object', properties: { a: either } }), [])
})

test('what no schema may say, and lists that are maps', () => {
  const items: Schema = { type: 'object', properties: { k: { type: 'string' } } }
  const list: Schema = {
    type: 'array',
    items,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k', 'z'],
  }
  assert.deepEqual(
    texts(schemaErrors({ type: 'object', $ref: '#', uniqueItems: true, properties: { l: list } }, 's')),
    [
      's.$ref: Forbidden: $ref is not supported',
      's.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      's.properties[l].x-kubernetes-list-map-keys: Invalid value: ["k","z"]: entries must all be names of item properties',
    ],
  )
})

test('columns, scales and webhooks of a definition', () => {
  assert.deepEqual(
    columnErrors({ name: 'A', type: 'text', jsonPath: 'a' }, 'c').map(({ field }) => field),
    ['c.type', 'c.JSONPath'],
  )
  assert.deepEqual(
    subresourceErrors({ scale: { specReplicasPath: '.status.n', statusReplicasPath: '.status.n' } }, 's').map(
      ({ field }) => field,
    ),
    ['s.scale.specReplicasPath'],
  )
  assert.deepEqual(
    conversionErrors({ strategy: 'Webhook' }).map(({ field }) => field),
    ['spec.conversion.webhookClientConfig', 'spec.conversion.conversionReviewVersions'],
  )
})

test('formats that nobody checks are told, wherever they stand', () => {
  assert.deepEqual(
    unknownFormats({
      type: 'object',
      properties: { a: { type: 'string', format: 'date-time' }, b: { type: 'integer', format: 'int8' } },
    }),
    ['int8'],
  )
})
