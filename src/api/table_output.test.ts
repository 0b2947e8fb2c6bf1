import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toPartialList, toTable } from './table_output.ts'
import type { KubeObject } from './types.ts'

const NOW = Date.parse('2026-01-01T00:00:30Z')
const object: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a', uid: 'u', resourceVersion: '5', creationTimestamp: '2026-01-01T00:00:00Z' },
}
const options = { version: 'v1', include: 'Metadata', now: NOW, meta: { resourceVersion: '7' } } as const

test('a row has the cells of the kind and the metadata of the object', () => {
  const shape = {
    columns: [
      ['Name', 'string', 'name', 0],
      ['Data', 'string', '', 1],
    ] as const,
    cells: () => ['a', 2],
  }
  const table = JSON.parse(JSON.stringify(toTable([object], shape, options)))
  assert.deepEqual(
    [table.kind, table.apiVersion, table.metadata],
    ['Table', 'meta.k8s.io/v1', { resourceVersion: '7' }],
  )
  assert.deepEqual(
    table.columnDefinitions.map((column: { name: string; priority: number }) => [column.name, column.priority]),
    [
      ['Name', 0],
      ['Data', 1],
    ],
  )
  assert.deepEqual(table.rows[0].cells, ['a', 2])
  assert.equal(table.rows[0].object.kind, 'PartialObjectMetadata')
})

test('a kind without cells shows its name and age, one without columns its time of creation', () => {
  const columns = [
    ['Name', 'string', 'name', 0],
    ['Age', 'string', '', 0],
  ] as const
  const rows = (shape: Parameters<typeof toTable>[1]) =>
    (toTable([object], shape, { ...options, include: 'None' }) as { rows: unknown }).rows
  assert.deepEqual(rows({ columns }), [{ cells: ['a', '30s'], object: null }])
  assert.deepEqual(rows({ columns: [] }), [{ cells: ['a', '2026-01-01T00:00:00Z'], object: null }])
})

test('a partial list has metadata only', () => {
  assert.deepEqual(toPartialList([object], {}, 'v1'), {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }],
  })
})
