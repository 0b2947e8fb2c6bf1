import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Loose } from '../draft.ts'
import { resourceSliceRules } from './devices.ts'
import { resourceClaimRules, resourceClaimTemplateRules } from './resource_claim.ts'
import { claimSpecErrors } from './resource_claim_spec.ts'
import { claimStatusErrors } from './resource_claim_status.ts'
import { requestPolicyErrors } from './resource_request_policy.ts'
import { sliceErrors } from './resource_slice_validation.ts'

const exactly = { deviceClassName: 'gpu.example.com', allocationMode: 'ExactCount', count: 1 }
const requests = [
  { name: 'a', exactly },
  { name: 'b', firstAvailable: [{ name: 's', ...exactly }] },
]
const faults = (errors: readonly { field: string; message: string }[]) =>
  errors.map(({ field, message }) => `${field}: ${message}`)

test('a request asks for one device unless it says otherwise', () => {
  const draft: Loose = {
    metadata: {},
    spec: { devices: { requests: [{ name: 'a', exactly: { tolerations: [{}] } }] } },
  }
  resourceClaimRules.defaults?.(draft)
  const [request] = draft.spec.devices.requests
  assert.deepEqual(request.exactly, {
    allocationMode: 'ExactCount',
    count: 1,
    tolerations: [{ operator: 'Equal' }],
  })
})

test('constraints name requests of the claim, and alternatives by their request', () => {
  const constraint = { requests: ['a', 'b/s', 'b', 'c', 'b/t', 'a/s'], matchAttribute: 'example.com/numa' }
  const errors = claimSpecErrors({ devices: { requests, constraints: [constraint] } }, 'spec')
  assert.deepEqual(
    errors.map(({ field }) => field),
    [3, 4, 5].map((index) => `spec.devices.constraints[0].requests[${index}]`),
  )
})

test('a request is exact or has alternatives, and a selector says something', () => {
  const both = { name: 'a', exactly, firstAvailable: [{ name: 's', ...exactly }] }
  const empty = { name: 'b', exactly: { ...exactly, selectors: [{ cel: { expression: '' } }, {}] } }
  const texts = faults(claimSpecErrors({ devices: { requests: [both, empty] } }, 'spec'))
  assert.match(texts[0] ?? '', /^spec\.devices\.requests\[0\]: Invalid value: null: exactly one of/)
  assert.match(texts[1] ?? '', /selectors\[0\]\.cel\.expression: Invalid value: "": compilation failed/)
  assert.equal(texts[2], 'spec.devices.requests[1].exactly.selectors[1].cel: Required value')
})

test("a template's spec stays, and holds no metadata but labels and annotations", () => {
  const template = (metadata: object, asked: readonly object[]) =>
    ({ metadata: { name: 't' }, spec: { metadata, spec: { devices: { requests: asked } } } }) as never
  const [old, named] = [template({}, requests), template({ name: 'x' }, requests.slice(1))]
  const errors = resourceClaimTemplateRules.validateUpdate?.(named, old, {} as never) ?? []
  assert.equal(faults(errors)[0], 'spec.metadata.name: Forbidden: cannot be set')
  assert.match(faults(errors)[1] ?? '', /^spec: Invalid value: \{"name":"x","Spec":\{"Devices":.*: field is immutable$/)
})

const result = { request: 'a', driver: 'gpu.example.com', pool: 'node-1', device: 'gpu-0' }
const claimWith = (status: object) =>
  ({ metadata: { name: 'c' }, spec: { devices: { requests } }, status }) as unknown as Parameters<
    typeof claimStatusErrors
  >[0]

test('an allocation does not change, and only what is allocated is reserved or reported', () => {
  const allocation = { devices: { results: [result] } }
  const old = claimWith({ allocation })
  assert.deepEqual(claimStatusErrors(claimWith({ allocation }), old), [])
  const moved = claimWith({ allocation: { devices: { results: [{ ...result, device: 'gpu-1' }] } } })
  assert.match(faults(claimStatusErrors(moved, old))[0] ?? '', /^status\.allocation: .*field is immutable$/)
  const reserved = claimWith({ reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }], devices: [result] })
  assert.deepEqual(
    claimStatusErrors(reserved, old).map(({ field }) => field),
    ['status.devices[0]', 'status.reservedFor'],
  )
})

const slice = { driver: 'gpu.example.com', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, nodeName: 'n' }

test('a slice says once where its devices are, and stays there', () => {
  assert.deepEqual(sliceErrors(slice, undefined), [])
  const twice = faults(sliceErrors({ ...slice, allNodes: true }, undefined))
  assert.match(twice[0] ?? '', /^spec: Invalid value: "\{`nodeName`, `allNodes`\}": .* multiple fields are set$/)
  const moved = sliceErrors({ ...slice, nodeName: 'm' }, slice)
  assert.deepEqual(faults(moved), ['spec.nodeName: Invalid value: "m": field is immutable'])
})

test('attributes have one value each; a gated list counts as none', () => {
  const device = { name: 'd', attributes: { both: { int: 1, bool: true }, list: { ints: [1] }, v: { version: '1.2' } } }
  const draft: Loose = { metadata: {}, spec: { ...slice, devices: [device] } }
  resourceSliceRules.prepareCreate?.(draft, { now: 0 } as never)
  const texts = faults(sliceErrors(draft.spec, undefined))
  assert.match(texts[0] ?? '', /attributes\[both\]: Invalid value: \{"IntValue":1,"BoolValue":true,/)
  assert.equal(texts[1], 'spec.devices[0].attributes[list]: Invalid value: "": exactly one value must be specified')
  assert.match(
    texts[2] ?? '',
    /attributes\[v\]\.version: Invalid value: "1\.2": must be a string compatible with semver/,
  )
})

test('what may be asked of a shared capacity fits into it, in steps', () => {
  const range = { default: '1Gi', validRange: { min: '1Gi', max: '8Gi', step: '2Gi' } }
  const texts = faults(requestPolicyErrors('4Gi', range, 'p'))
  assert.deepEqual(texts, [
    'p.validRange.max: Invalid value: "8Gi": max is larger than capacity value: 4Gi',
    'p.validRange.step: Invalid value: "8Gi": value is not a multiple of a given step (2Gi) from (1Gi)',
  ])
})
