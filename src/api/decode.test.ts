import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromRfc3339, toRfc3339 } from '../base/time.ts'
import { DecodeError } from './decode/state.ts'
import { decodeObject } from './decode.ts'
import { allResources } from './schema/table.ts'

const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap'
const POD = 'io.k8s.api.core.v1.Pod'
const SET = 'io.k8s.api.apps.v1.StatefulSet'
const LEASE = 'io.k8s.api.coordination.v1.Lease'

const textOf = (typeName: string, value: unknown): string => JSON.stringify(decodeObject(typeName, value).object)

test('writes zero values and orders fields as Go does', () => {
  assert.equal(
    textOf(SET, {
      spec: { template: {}, replicas: 0, updateStrategy: {} },
      metadata: { name: 'web' },
      kind: 'StatefulSet',
    }),
    '{"kind":"StatefulSet","metadata":{"name":"web"},"spec":{"replicas":0,"selector":null,"template":{"metadata":{},' +
      '"spec":{"containers":null}},"serviceName":"","updateStrategy":{}},"status":{"replicas":0,"availableReplicas":0}}',
  )
})

test('drops empty lists and maps, keeps pointers to empty things', () => {
  const spec = {
    containers: [{ name: 'c', args: [], securityContext: {}, resources: {} }],
    nodeSelector: {},
    volumes: null,
  }
  assert.equal(
    textOf(POD, { spec }),
    '{"metadata":{},"spec":{"containers":[{"name":"c","resources":{},"securityContext":{}}]},"status":{}}',
  )
})

test('spells quantities, times and maps canonically', () => {
  const requests = { memory: '0.5Gi', cpu: 1.5, pods: 1000 }
  const decoded = decodeObject(POD, {
    metadata: { creationTimestamp: '2026-01-01T01:00:00.5+01:00', labels: { b: '1', a: '2' } },
    spec: { containers: [{ name: 'c', resources: { requests } }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }).object
  assert.equal(decoded.metadata['creationTimestamp'], '2026-01-01T00:00:00Z')
  assert.deepEqual(Object.keys(decoded.metadata['labels']), ['a', 'b'])
  assert.deepEqual(decoded['spec'].containers[0].resources.requests, { cpu: '1500m', memory: '512Mi', pods: '1k' })
  const condition = '{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":null}'
  assert.equal(JSON.stringify(decoded['status'].conditions[0]), condition)
})

test('names unknown fields in the order of the document', () => {
  const { strictErrors, object } = decodeObject(POD, {
    spec: { containers: [{ name: 'c', immage: 'x', ports: [{ containerport: 1, containerPort: 80 }] }], nodeNme: 'x' },
  })
  assert.deepEqual(strictErrors, [
    'unknown field "spec.containers[0].immage"',
    'unknown field "spec.containers[0].ports[0].containerport"',
    'unknown field "spec.nodeNme"',
  ])
  assert.deepEqual(object['spec'].containers, [{ name: 'c', ports: [{ containerPort: 80 }], resources: {} }])
})

const FAULTS: readonly (readonly [string, object, string])[] = [
  [CONFIG_MAP, { data: { x: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
  [
    CONFIG_MAP,
    { data: [] },
    'json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string',
  ],
  [
    CONFIG_MAP,
    { immutable: 'yes' },
    'json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool',
  ],
  [
    CONFIG_MAP,
    { metadata: { name: 5 } },
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
  ],
  [CONFIG_MAP, { binaryData: { a: 'YQ=' } }, 'illegal base64 data at input byte 3'],
  [POD, { spec: 'x' }, 'json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec'],
  [
    POD,
    { spec: { containers: {} } },
    'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  ],
  [
    SET,
    { spec: { replicas: 1.5 } },
    'json: cannot unmarshal number 1.5 into Go struct field StatefulSetSpec.spec.replicas of type int32',
  ],
  [
    POD,
    { spec: { containers: [{ resources: { limits: { cpu: 'much' } } }] } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    POD,
    { spec: { restartPolicy: 5 } },
    'json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
  ],
  [
    LEASE,
    { spec: { renewTime: 'yesterday' } },
    'parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"',
  ],
  [
    POD,
    { metadata: { creationTimestamp: '2026-13-01T00:00:00Z' } },
    'parsing time "2026-13-01T00:00:00Z": month out of range',
  ],
]

for (const [typeName, value, message] of FAULTS) {
  test(`refuses a value of the wrong type: ${message}`, () => {
    assert.throws(() => decodeObject(typeName, value), { name: 'DecodeError', message })
  })
}

test('__proto__ is a key of a map and an unknown field of a struct', () => {
  const value = JSON.parse('{"data":{"__proto__":"x"},"metadata":{"__proto__":{"name":"y"}}}')
  const { object, strictErrors } = decodeObject(CONFIG_MAP, value)
  assert.equal(JSON.stringify(object), '{"metadata":{},"data":{"__proto__":"x"}}')
  assert.deepEqual(strictErrors, ['unknown field "metadata.__proto__"'])
})

test('every type of the table decodes nothing, and what it decoded decodes to itself', () => {
  for (const { typeName } of allResources()) {
    const once = decodeObject(typeName, {}).object
    assert.deepEqual(decodeObject(typeName, once), { object: once, strictErrors: [], hollow: false }, typeName)
  }
})

test('takes the days that there are', () => {
  const monthsAndDays = Array.from({ length: 14 * 33 }, (_, at) => [Math.floor(at / 33), at % 33] as const)
  for (const year of ['1999', '2000', '2026', '2028', '2100']) {
    for (const [month, day] of monthsAndDays) {
      const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T23:59:59Z`
      const isDay = toRfc3339(fromRfc3339(text) ?? 0) === text
      const decode = () => decodeObject(POD, { metadata: { creationTimestamp: text } }).object.metadata
      if (isDay) assert.equal(decode()['creationTimestamp'], text)
      else assert.throws(decode, DecodeError)
    }
  }
})
