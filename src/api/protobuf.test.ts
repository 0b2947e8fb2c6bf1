import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeObject } from './decode.ts'
import { decodeMessage, encodeProtobuf, encodeWatchFrame, openEnvelope } from './protobuf.ts'

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

const POD = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: 'p',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { a: 'b' },
    managedFields: [{ manager: 'm', operation: 'Update', fieldsV1: { 'f:spec': {} } }],
  },
  spec: {
    volumes: [
      { name: 'd', emptyDir: { sizeLimit: '1Gi' } },
      { name: 's', configMap: { name: 'c', items: [{ key: 'a', path: 'b' }] } },
    ],
    containers: [
      {
        name: 'c',
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '1', memory: '1Gi' } },
        livenessProbe: { httpGet: { path: '/', port: 'web' }, periodSeconds: 5 },
        readinessProbe: { tcpSocket: { port: 80 } },
      },
    ],
    terminationGracePeriodSeconds: 0,
    ephemeralContainers: [{ name: 'e', resources: {}, targetContainerName: 'c' }],
  },
  status: {},
}

test('an object survives the way through protobuf', () => {
  const typeName = 'io.k8s.api.core.v1.Pod'
  const { apiVersion, kind, raw } = openEnvelope(encodeProtobuf(typeName, POD))
  assert.deepEqual([apiVersion, kind], ['v1', 'Pod'])
  const { metadata, spec, status } = decodeObject(typeName, decodeMessage(typeName, raw)).object
  const expected = decodeObject(typeName, POD).object
  assert.deepEqual(
    { metadata, spec, status },
    { metadata: expected.metadata, spec: expected['spec'], status: expected['status'] },
  )
})

test('reads what a Go client sends', () => {
  const secret = openEnvelope(
    bytesOf(
      'azhzAAoMCgJ2MRIGU2VjcmV0EjgKIgoEcHNlYxIAGgAiACoAMgA4AEIAWgwKA3ZpYRIFcHJvdG8SCAoBaxIDcmF3GgAiBgoBdRIBdhoAIgA=',
    ),
  )
  assert.equal(secret.kind, 'Secret')
  const { object, strictErrors } = decodeObject(
    'io.k8s.api.core.v1.Secret',
    decodeMessage('io.k8s.api.core.v1.Secret', secret.raw),
  )
  assert.deepEqual(strictErrors, [])
  assert.deepEqual(object, {
    metadata: { name: 'psec', labels: { via: 'proto' } },
    data: { k: 'cmF3' },
    stringData: { u: 'v' },
  })
})

test('micro times, leases and lists', () => {
  const typeName = 'io.k8s.api.coordination.v1.LeaseList'
  const spec = { renewTime: '2026-01-01T00:00:00.123456Z', leaseTransitions: 0 }
  const list = { kind: 'LeaseList', apiVersion: 'coordination.k8s.io/v1', items: [{ metadata: { name: 'a' }, spec }] }
  const back = decodeMessage(typeName, openEnvelope(encodeProtobuf(typeName, list)).raw)
  assert.deepEqual(back, { items: [{ metadata: { name: 'a' }, spec }] })
})

test('says what is wrong with a body as Go does', () => {
  const cut = bytesOf('azhzAAoPCgJ2MRIJQ29uZmlnTWFwEjUKIQoDcGNt')
  assert.throws(() => openEnvelope(cut), { message: 'unexpected EOF' })
  const json = new TextEncoder().encode('{"a":1}')
  assert.throws(() => openEnvelope(json), {
    message: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
  })
})

test('a watch frame begins with its length', () => {
  const frame = encodeWatchFrame('ADDED', Uint8Array.of(1, 2, 3))
  assert.deepEqual([...frame.subarray(0, 4)], [0, 0, 0, frame.length - 4])
})

test('a type without a message is refused rather than sent empty', () => {
  const typeName = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition'
  assert.throws(() => encodeProtobuf(typeName, { kind: 'CustomResourceDefinition' }), { code: 406 })
})

test('faults inside a message are told in the words of Go', () => {
  const type = 'io.k8s.api.core.v1.ConfigMap'
  const faultOf = (...bytes: number[]) => {
    try {
      decodeMessage(type, Uint8Array.of(...bytes))
    } catch (thrown) {
      return (thrown as Error).message
    }
    return undefined
  }
  assert.equal(faultOf(0x08, 1), 'proto: wrong wireType = 0 for field ObjectMeta')
  assert.equal(faultOf(0x7f), 'proto: illegal wireType 7')
  assert.equal(faultOf(0x00), 'proto: ConfigMap: illegal tag 0 (wire type 0)')
  assert.equal(faultOf(0x7c), 'proto: ConfigMap: wiretype end group for non-group')
  assert.equal(faultOf(0x78, ...Array(10).fill(0xff), 1), 'proto: integer overflow')
  assert.equal(faultOf(0x78, 0xff), 'unexpected EOF')
  assert.equal(faultOf(0x7a, 1, 65), undefined)
})

test('an envelope that is empty, or has nothing in it', () => {
  assert.throws(() => openEnvelope(new Uint8Array()), /^ProtobufError: empty data$/)
  assert.throws(() => openEnvelope(Uint8Array.of(0x6b, 0x38, 0x73, 0)), /^ProtobufError: empty body$/)
})
