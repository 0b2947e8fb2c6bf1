import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ManagedFieldsEntry } from '../types.ts'
import { type Applied, applyObject, managedFieldsOfUpdate } from './apply.ts'
import type { FieldSet } from './field_set.ts'

const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap'
const NOW = '2026-01-01T00:00:00Z'

type Held = { metadata: { managedFields?: readonly ManagedFieldsEntry[] } } & Record<string, unknown>

/** A server for one object: applies and updates it as several managers. */
class Cluster {
  live: Held | undefined
  readonly typeName: string
  constructor(typeName = CONFIG_MAP) {
    this.typeName = typeName
  }

  #write(manager: string, operation: 'Apply' | 'Update', subresource?: string) {
    const identity = { manager, operation, apiVersion: 'v1', subresource }
    return { typeName: this.typeName, manager: identity, live: this.live, now: NOW, filter: (set: FieldSet) => set }
  }

  apply(manager: string, body: object, force = false): Applied {
    const applied = { apiVersion: 'v1', kind: 'Any', metadata: { name: 'a' }, ...body }
    const result = applyObject({ ...this.#write(manager, 'Apply'), applied, force })
    this.#keep(result.object ?? this.live ?? {}, result.managedFields)
    return result
  }

  update(manager: string, body: object): void {
    const updated = { metadata: { name: 'a' }, ...body }
    this.#keep(updated, managedFieldsOfUpdate({ ...this.#write(manager, 'Update'), updated }))
  }

  #keep(object: object, managedFields: readonly ManagedFieldsEntry[] | undefined): void {
    const { managedFields: _, ...metadata } = (object as Held).metadata
    this.live = { ...object, metadata: { ...metadata, ...(managedFields === undefined ? {} : { managedFields }) } }
  }

  owned(): Record<string, unknown> {
    return Object.fromEntries((this.live?.metadata.managedFields ?? []).map((entry) => [entry.manager, entry.fieldsV1]))
  }
}

test('each manager owns what it applied, and leaving a field out removes it', () => {
  const cluster = new Cluster()
  cluster.apply('alpha', { metadata: { name: 'a', labels: { l: '1' } }, data: { x: '1' } })
  assert.deepEqual(cluster.owned(), { alpha: { 'f:data': { 'f:x': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} } } } })
  cluster.apply('beta', { data: { y: '2' } })
  assert.deepEqual(cluster.live?.['data'], { x: '1', y: '2' })
  cluster.apply('alpha', { data: { x: '1' } })
  assert.equal('labels' in (cluster.live?.metadata ?? {}), false)
  cluster.apply('alpha', {})
  assert.deepEqual(cluster.live?.['data'], { y: '2' })
})

test("a change to another manager's field is a conflict; force takes it", () => {
  const cluster = new Cluster()
  cluster.apply('alpha', { data: { x: '1', k: '1' } })
  assert.throws(() => cluster.apply('beta', { data: { x: '2' } }), {
    code: 409,
    message: 'Apply failed with 1 conflict: conflict with "alpha": .data.x',
    details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "alpha"', field: '.data.x' }] },
  })
  cluster.apply('beta', { data: { x: '2' } }, true)
  assert.deepEqual(cluster.owned(), { alpha: { 'f:data': { 'f:k': {} } }, beta: { 'f:data': { 'f:x': {} } } })
})

test('the same value is shared, takes no time, and stays until both leave it', () => {
  const cluster = new Cluster()
  cluster.apply('alpha', { data: { x: '1', k: '1' } })
  assert.equal(cluster.apply('beta', { data: { x: '1' } }).object, undefined)
  assert.deepEqual(
    cluster.live?.metadata.managedFields?.map(({ manager, time }) => [manager, time]),
    [
      ['beta', undefined],
      ['alpha', NOW],
    ],
  )
  cluster.apply('alpha', { data: { k: '1' } })
  assert.deepEqual(cluster.live?.['data'], { x: '1', k: '1' })
  cluster.apply('beta', {})
  assert.deepEqual(cluster.live?.['data'], { k: '1' })
})

test('an update owns what it changed and takes it from appliers', () => {
  const cluster = new Cluster()
  cluster.update('maker', { data: { x: '1' } })
  assert.deepEqual(cluster.owned(), { maker: { 'f:data': { '.': {}, 'f:x': {} } } })
  assert.throws(() => cluster.apply('tool', { data: { x: '2' } }), {
    message: 'Apply failed with 1 conflict: conflict with "maker" using v1: .data.x',
  })
  cluster.apply('tool', { data: { x: '1', z: '9' } })
  cluster.update('hand', { data: { x: '1', z: '8' } })
  assert.deepEqual(cluster.owned(), {
    tool: { 'f:data': { 'f:x': {} } },
    maker: { 'f:data': { '.': {}, 'f:x': {} } },
    hand: { 'f:data': { 'f:z': {} } },
  })
})

test('managed fields reset by [{}] stay away until somebody applies', () => {
  const cluster = new Cluster()
  cluster.apply('alpha', { data: { x: '1' } })
  cluster.update('later', { metadata: { name: 'a', managedFields: [{}] }, data: { x: '1' } })
  cluster.update('later', { data: { x: '1', y: '1' } })
  assert.deepEqual(cluster.owned(), {})
  cluster.apply('beta', { data: { y: '1' } })
  assert.deepEqual(Object.keys(cluster.owned()).sort(), ['before-first-apply', 'beta'])
})

test('entries of keyed lists and elements of sets have their own owners', () => {
  const cluster = new Cluster('io.k8s.api.core.v1.Service')
  const ports = () =>
    (cluster.live?.['spec'] as { ports: { port: number }[] } | undefined)?.ports.map(({ port }) => port)
  cluster.apply('alpha', {
    metadata: { name: 's', finalizers: ['e.x/1', 'e.x/2'] },
    spec: { ports: [{ port: 80, name: 'w' }] },
  })
  cluster.apply('beta', {
    metadata: { name: 's', finalizers: ['e.x/2', 'e.x/3'] },
    spec: { ports: [{ port: 81, protocol: 'TCP' }] },
  })
  assert.deepEqual(ports(), [80, 81])
  const { alpha } = cluster.owned() as { alpha: Record<string, Record<string, object>> }
  assert.deepEqual(Object.keys(alpha['f:spec']?.['f:ports'] ?? {}), ['k:{"port":80,"protocol":"TCP"}'])
  cluster.apply('beta', { metadata: { name: 's' }, spec: { ports: [{ port: 82, protocol: 'UDP' }] } })
  assert.deepEqual(ports(), [80, 82])
  assert.deepEqual((cluster.live?.metadata as { finalizers?: string[] } | undefined)?.finalizers, ['e.x/1', 'e.x/2'])
})

test('an atomic list belongs to one manager as a whole', () => {
  const cluster = new Cluster('io.k8s.api.core.v1.PodTemplate')
  const spec = (word: string) => ({
    template: { spec: { containers: [{ name: 'one', args: [word] }], tolerations: [{ key: word }] } },
  })
  cluster.apply('alpha', spec('x'))
  assert.throws(() => cluster.apply('beta', spec('y')), {
    message:
      'Apply failed with 2 conflicts: conflicts with "alpha":\n- .template.spec.tolerations\n- .template.spec.containers[name="one"].args',
  })
})

test('what is not in the schema is refused', () => {
  const message = 'failed to create typed patch object (/a; /v1, Kind=Any): .nope: field not declared in schema'
  assert.throws(() => new Cluster().apply('alpha', { nope: 1 }), { code: 500, message })
})

test('applying the same again changes nothing, empty things included', () => {
  const cluster = new Cluster('io.k8s.api.core.v1.PodTemplate')
  const body = { template: { spec: { containers: [{ name: 'one', args: [], resources: {} }], nodeSelector: {} } } }
  cluster.apply('alpha', body)
  cluster.live = {
    ...cluster.live,
    template: { metadata: {}, spec: { containers: [{ name: 'one', resources: {} }] } },
  } as Held
  const { metadata, template } = cluster.live as Held & { template: unknown }
  const again = cluster.apply('alpha', body)
  assert.deepEqual(again.object?.['template'], template)
  assert.deepEqual(again.managedFields, metadata.managedFields)
})

test('a value of the wrong type is refused', () => {
  assert.throws(() => new Cluster().apply('alpha', { data: { x: 1 } }), {
    code: 500,
    message: /^failed to create typed patch object/,
  })
})

test('null says nothing of a map, and takes a scalar away', () => {
  const cluster = new Cluster('io.k8s.api.core.v1.Service')
  cluster.apply('alpha', { metadata: { name: 's', labels: { a: '1' } }, spec: { type: 'ClusterIP' } })
  cluster.apply('beta', { metadata: { name: 's', labels: null } })
  assert.deepEqual((cluster.live?.metadata as { labels?: object } | undefined)?.labels, { a: '1' })
  assert.throws(() => cluster.apply('beta', { metadata: { name: 's' }, spec: { type: null } }), { code: 409 })
})

test('what is pruned takes what stands inside with it, but not what somebody else owns', () => {
  const cluster = new Cluster('io.k8s.api.core.v1.PodTemplate')
  const containers = (): unknown[] =>
    (cluster.live as { template?: { spec?: { containers?: unknown[] } } }).template?.spec?.containers ?? []
  const apply = (manager: string, ...list: object[]) =>
    cluster.apply(manager, { template: { spec: { containers: list } } })
  apply('alpha', { name: 'a', image: 'i' }, { name: 'b', image: 'i' })
  apply('beta', { name: 'b', image: 'i', args: ['x'] })
  apply('alpha', { name: 'c', image: 'i' })
  assert.deepEqual(containers(), [
    { name: 'b', image: 'i', args: ['x'], resources: {} },
    { name: 'c', image: 'i', resources: {} },
  ])
})

test('entries of one name are one thing to an updater, and refused of an applier', () => {
  const cluster = new Cluster('io.k8s.api.core.v1.Service')
  const ports = [
    { port: 80, name: 'a' },
    { port: 80, name: 'b' },
  ]
  cluster.update('maker', { metadata: { name: 's' }, spec: { ports } })
  const { maker } = cluster.owned() as { maker: Record<string, Record<string, object>> }
  assert.deepEqual(maker['f:spec']?.['f:ports'], { '.': {}, 'k:{"port":80,"protocol":"TCP"}': {} })
  assert.throws(() => cluster.apply('alpha', { metadata: { name: 's' }, spec: { ports } }), {
    message: /duplicate entries for key \[port=80,protocol="TCP"\]/,
  })
})

for (const [body, message] of [
  [{ metadata: { name: 'a', labels: 'x' } }, '.metadata.labels: expected map, got &{x}'],
  [{ metadata: { name: 'a', generation: 'x' } }, '.metadata.generation: expected numeric (int or float), got string'],
  [
    { metadata: { name: 'a', finalizers: ['x', null] } },
    ".metadata.finalizers: element 1: associative list without keys has an element that's an explicit null",
  ],
  [{ immutable: { a: [1] } }, '.immutable: expected boolean, got &{map[a:[1]]}'],
] as const) {
  test(`an applied object that does not fit the schema is refused: ${message}`, () => {
    assert.throws(() => new Cluster().apply('alpha', body), {
      code: 500,
      message: `failed to create typed patch object (/a; /v1, Kind=Any): ${message}`,
    })
  })
}

test('more than ten updaters share an entry for the oldest', () => {
  const cluster = new Cluster()
  const data: Record<string, string> = {}
  for (let count = 0; count < 12; count++) {
    data[`k${count}`] = 'x'
    cluster.update(`manager-${String(count).padStart(2, '0')}`, { data: { ...data } })
  }
  const owners = Object.keys(cluster.owned())
  assert.equal(owners.length, 10)
  assert.deepEqual(cluster.owned()['ancient-changes'], {
    'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {} },
  })
})

test('kubectl takes over what its annotation says it applied, and keeps the annotation', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
  const applied = (x: string) => ({ apiVersion: 'v1', kind: 'Any', metadata: { name: 'a' }, data: { x } })
  const cluster = new Cluster()
  cluster.update('kubectl-client-side-apply', {
    ...applied('1'),
    metadata: { name: 'a', annotations: { [annotation]: JSON.stringify(applied('1')) } },
  })
  assert.throws(() => cluster.apply('other', { data: { x: '2' } }), { code: 409 })
  cluster.apply('kubectl', { data: { x: '2' } })
  const annotations = (cluster.live?.metadata as { annotations?: Record<string, string> } | undefined)?.annotations
  assert.deepEqual(JSON.parse(annotations?.[annotation] ?? ''), applied('2'))
})

test('managed fields that a client sets count when they can be read and are of a version of the kind', () => {
  const entry = (apiVersion: string, fieldsV1: object) =>
    ({ manager: 'wish', operation: 'Update', apiVersion, fieldsType: 'FieldsV1', fieldsV1 }) as ManagedFieldsEntry
  const after = (entries: readonly ManagedFieldsEntry[]) => {
    const cluster = new Cluster()
    cluster.update('maker', { data: { x: '1' } })
    cluster.update('other', { metadata: { name: 'a', managedFields: entries }, data: { x: '1' } })
    return Object.keys(cluster.owned())
  }
  assert.deepEqual(after([entry('v1', { 'f:data': { 'f:x': {} } })]), ['wish'])
  assert.deepEqual(after([entry('v1', { 'k:data': {} })]), ['maker'])
  assert.deepEqual(after([entry('example.com/v1', { 'f:data': { 'f:x': {} } })]), [])
})

test('a field that Go always writes is owned with the list entry that it comes with', () => {
  const cluster = new Cluster('io.k8s.api.core.v1.Pod')
  const conditions = [{ type: 'Ready', status: 'True', lastProbeTime: null }]
  cluster.update('agent', { metadata: { name: 'p' }, spec: { containers: null }, status: { conditions } })
  const { agent } = cluster.owned() as { agent: Record<string, Record<string, Record<string, object>>> }
  assert.deepEqual(agent['f:status']?.['f:conditions']?.['k:{"type":"Ready"}'], {
    '.': {},
    'f:lastProbeTime': {},
    'f:status': {},
    'f:type': {},
  })
  assert.equal('f:spec' in agent, false)
})
