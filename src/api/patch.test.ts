import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch, type MergingPatchType, parsePatch } from './patch.ts'

const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap'
const TEMPLATE = 'io.k8s.api.core.v1.PodTemplate'
const IMAGE = 'registry.example/app:1'

const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', labels: { l: '1' }, finalizers: ['e.x/1', 'e.x/2'] },
  data: { x: '1', y: '2' },
}
const template = {
  apiVersion: 'v1',
  kind: 'PodTemplate',
  metadata: { name: 't' },
  template: {
    metadata: {},
    spec: {
      volumes: [{ name: 'v', hostPath: { path: '/v' } }],
      nodeSelector: { a: '1', b: '2' },
      containers: [
        {
          name: 'one',
          image: IMAGE,
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
          ports: [{ containerPort: 80 }],
          resources: {},
        },
        { name: 'two', image: IMAGE, resources: {} },
      ],
    },
  },
}

function patched(type: MergingPatchType, patch: unknown, typeName = CONFIG_MAP) {
  const text = typeof patch === 'string' ? patch : JSON.stringify(patch)
  const current = typeName === TEMPLATE ? template : configMap
  return applyPatch({ type, patch: parsePatch(type, text), current: structuredClone(current), typeName })
}

const spec = (patch: object) => patched('strategic', { template: { spec: patch } }, TEMPLATE).object['template'].spec

test('a JSON patch adds, replaces, removes, moves, copies and tests', () => {
  const { object } = patched('json', [
    { op: 'test', path: '/data/x', value: '1' },
    { op: 'add', path: '/data/z', value: '3' },
    { op: 'replace', path: '/data/new', value: '9' },
    { op: 'remove', path: '/metadata/labels/l' },
    { op: 'move', from: '/data/y', path: '/data/moved' },
    { op: 'copy', from: '/data/x', path: '/data/copied' },
    { op: 'add', path: '/metadata/finalizers/-', value: 'e.x/3' },
  ])
  assert.deepEqual(object['data'], { copied: '1', moved: '2', new: '9', x: '1', z: '3' })
  assert.deepEqual(object.metadata, { name: 'a', finalizers: ['e.x/1', 'e.x/2', 'e.x/3'] })
})

test('a JSON patch that does not fit is 422, one with too many operations 413', () => {
  const message = 'the server rejected our request due to an error in our request'
  const wrong = [
    { op: 'remove', path: '/data/none' },
    { op: 'add', path: '/none/deep', value: '1' },
    { op: 'test', path: '/data/x', value: 'other' },
    { op: 'frobnicate', path: '/data/x' },
    { op: 'add', path: '/metadata/finalizers/9', value: 'x' },
    {},
    null,
  ]
  for (const operation of wrong) assert.throws(() => patched('json', [operation]), { code: 422, message })
  assert.throws(() => patched('json', Array(10_001).fill({})), {
    code: 413,
    message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
  })
  const doubling = Array.from({ length: 24 }, (_, index) => ({ op: 'copy', from: '/data', path: `/data/${index}` }))
  assert.throws(() => patched('json', doubling), { code: 422, message })
})

test("malformed patches are 400 with Go's words", () => {
  const faults: readonly (readonly [MergingPatchType, string, string])[] = [
    [
      'json',
      '{"op":"add"}',
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    ],
    ['json', '[{', 'error decoding patch: unexpected end of JSON input'],
    ['merge', '[]', 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ['strategic', '[]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ]
  for (const [type, text, message] of faults) assert.throws(() => patched(type, text), { code: 400, message })
})

test('a merge patch merges objects, replaces lists and removes with null', () => {
  const { object } = patched('merge', {
    metadata: { labels: { l: null, n: '3' }, finalizers: ['e.x/2'] },
    data: { x: null },
  })
  assert.deepEqual(object.metadata, { name: 'a', labels: { n: '3' }, finalizers: ['e.x/2'] })
  assert.deepEqual(object['data'], { y: '2' })
  assert.throws(() => patched('merge', { data: { x: 1 } }), {
    code: 422,
    message: /^ "" is invalid: patch: Invalid value: "\{.*of type string$/,
  })
})

test('unknown fields are told, and a strict request is refused with the patch shown', () => {
  const { strictErrors, refusal } = patched('strategic', { nope: 1 })
  assert.deepEqual(strictErrors, ['unknown field "nope"'])
  assert.equal(
    refusal().message,
    ' "" is invalid: patch: Invalid value: "map[nope:1]": strict decoding error: unknown field "nope"',
  )
  assert.deepEqual(patched('merge', '{"data":{"x":"1","x":"2"}}').strictErrors, ['duplicate field "data.x"'])
})

test('a strategic merge joins lists by their merge keys, new entries first', () => {
  const { containers } = spec({
    containers: [
      {
        name: 'one',
        env: [
          { name: 'B', value: '9' },
          { name: 'C', value: '3' },
        ],
        ports: [{ containerPort: 81 }],
      },
      { name: 'three', image: IMAGE },
    ],
  })
  assert.deepEqual(
    containers.map((each: { name: string }) => each.name),
    ['one', 'three', 'two'],
  )
  assert.deepEqual(containers[0].env, [
    { name: 'A', value: '1' },
    { name: 'B', value: '9' },
    { name: 'C', value: '3' },
  ])
  assert.deepEqual(containers[0].ports, [{ containerPort: 81 }, { containerPort: 80 }])
})

test('the directives of a strategic merge', () => {
  const names = (patch: object) => spec(patch).containers.map((each: { name: string }) => each.name)
  assert.deepEqual(names({ containers: [{ name: 'two', $patch: 'delete' }] }), ['one'])
  assert.deepEqual(names({ containers: [{ name: 'new' }, { $patch: 'replace' }] }), ['new'])
  assert.deepEqual(spec({ nodeSelector: { z: '3', $patch: 'replace' } }).nodeSelector, { z: '3' })
  const order = [{ name: 'three' }, { name: 'two' }, { name: 'one' }]
  assert.deepEqual(names({ '$setElementOrder/containers': order, containers: [{ name: 'three' }] }), [
    'three',
    'two',
    'one',
  ])
  const retain = { name: 'v', emptyDir: {}, $retainKeys: ['name', 'emptyDir'] }
  assert.deepEqual(spec({ volumes: [retain] }).volumes, [{ name: 'v', emptyDir: {} }])
})

test('lists of words merge as sets', () => {
  const finalizers = (metadata: object) => patched('strategic', { metadata }).object.metadata['finalizers']
  assert.deepEqual(finalizers({ finalizers: ['e.x/3', 'e.x/1'] }), ['e.x/3', 'e.x/1', 'e.x/2'])
  assert.deepEqual(finalizers({ '$deleteFromPrimitiveList/finalizers': ['e.x/2'] }), ['e.x/1'])
  assert.equal(finalizers({ finalizers: null }), undefined)
})

test("faults of a strategic merge have upstream's codes and texts", () => {
  const fault = (patch: object, code: number, message: string | RegExp) =>
    assert.throws(() => spec(patch), { code, message })
  const order = { '$setElementOrder/containers': [{ name: 'one' }], containers: [{ name: 'two', image: IMAGE }] }
  fault(
    order,
    500,
    `The order in patch list:\n[map[image:${IMAGE} name:two]]\n doesn't match $setElementOrder list:\n[map[name:one]]\n`,
  )
  fault(
    { containers: 'x' },
    422,
    ' "" is invalid: patch: Invalid value: "map[template:map[spec:map[containers:x]]]": cannot restore slice from string',
  )
  fault({ containers: ['x'] }, 500, /^list element types are not identical: \[\[map\[env:.*\]\] \[x\]\]$/)
  fault({ containers: [{ image: 'x' }] }, 500, 'map: map[image:x] does not contain declared merge key: name')
  fault({ $patch: 'nope' }, 500, 'unknown patch type: nope in map: map[$patch:nope]')
  fault({ $retainKeys: 'x' }, 400, 'invalid patch format of retainKeys')
})
