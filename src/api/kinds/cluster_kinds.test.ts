import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../base/random.ts'
import { decodeObject } from '../decode.ts'
import type { MutableObject, RuleContext } from '../kind_rules.ts'
import { allResources, parseGroupVersion, typeNameOf } from '../schema/table.ts'
import type { KubeObject } from '../types.ts'
import { rulesOf } from './registry.ts'

const context: RuleContext = {
  now: Date.UTC(2026, 0, 1),
  random: seededRandom(1),
  user: { name: 'admin', groups: [] },
  featureGates: new Map(),
}

/** An object as the server would have it before it is validated. */
function decoded(body: { apiVersion: string; kind: string; [field: string]: unknown }): {
  object: KubeObject
  rules: ReturnType<typeof rulesOf>
} {
  const { group, version } = parseGroupVersion(body.apiVersion)
  const typeName = typeNameOf(group, version, body.kind)
  const resource = allResources().find(
    ({ ref }) => ref.group === group && ref.version === version && ref.kind === body.kind,
  )
  assert.ok(typeName !== undefined && resource !== undefined, body.kind)
  const draft = decodeObject(typeName, { metadata: { name: 'x' }, ...body }).object as MutableObject
  const rules = rulesOf(group, resource.ref.resource)
  rules.defaults?.(draft)
  return { object: draft as unknown as KubeObject, rules }
}

const texts = (errors: readonly { field: string; message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`)

const POLICY = { failurePolicy: 'Fail', reinvocationPolicy: 'Never' }
const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }

const EVENT = {
  eventTime: '2026-01-01T00:00:00.000000Z',
  type: 'Normal',
  reason: 'r',
  action: 'a',
  reportingController: 'c.io/x',
  reportingInstance: 'i',
  regarding: { kind: 'Pod', namespace: 'elsewhere', name: 'p' },
}

/** `[apiVersion, kind, fields, faults]` */
const NEW_OBJECTS: readonly (readonly [string, string, object, readonly string[]])[] = [
  ['node.k8s.io/v1', 'RuntimeClass', { handler: '' }, ['handler: Required value']],
  ['storage.k8s.io/v1', 'VolumeAttributesClass', { driverName: 'a.io', parameters: { a: 'b' } }, []],
  [
    'storage.k8s.io/v1',
    'VolumeAttachment',
    { spec: { attacher: 'a', nodeName: 'n', source: {} } },
    ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
  ],
  [
    'storage.k8s.io/v1',
    'StorageClass',
    { provisioner: 'a.io/b', allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'a'] }] }] },
    ['allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"'],
  ],
  [
    'networking.k8s.io/v1',
    'ServiceCIDR',
    { spec: { cidrs: ['10.0.0.0/24', '10.0.1.0/24'] } },
    [
      'spec.cidrs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  ],
  ['networking.k8s.io/v1', 'IPAddress', { spec: {} }, ['spec.parentRef: Required value']],
  [
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    { spec: { policyName: 'p', validationActions: ['Deny', 'Deny'] } },
    ['spec.validationActions[1]: Duplicate value: "Deny"'],
  ],
  [
    'admissionregistration.k8s.io/v1',
    'MutatingAdmissionPolicy',
    { spec: { ...POLICY, matchConstraints: { resourceRules: [RULE] }, mutations: [{ patchType: 'JSONPatch' }] } },
    ['spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch'],
  ],
  [
    'admissionregistration.k8s.io/v1',
    'MutatingAdmissionPolicyBinding',
    {
      spec: { policyName: 'p', matchResources: { resourceRules: [{ ...RULE, resources: ['pods/*', 'pods/status'] }] } },
    },
    [
      `spec.matchResources.resourceRules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`,
    ],
  ],
  ['events.k8s.io/v1', 'Event', EVENT, []],
  [
    'events.k8s.io/v1',
    'Event',
    { ...EVENT, series: { count: 1 }, deprecatedCount: 2 },
    [
      'series.count: Invalid value: "": should be at least 2',
      'series.lastObservedTime: Required value',
      'count: Invalid value: "": needs to be unset',
    ],
  ],
]

test('what is wrong with new objects of the rarer kinds', () => {
  for (const [apiVersion, kind, fields, faults] of NEW_OBJECTS) {
    const { object, rules } = decoded({ apiVersion, kind, ...fields })
    assert.deepEqual(texts(rules.validateCreate?.(object, context) ?? []), faults, kind)
  }
})

/** `[apiVersion, kind, before, after, faults]` */
const CHANGES: readonly (readonly [string, string, object, object, readonly string[]])[] = [
  [
    'node.k8s.io/v1',
    'RuntimeClass',
    { handler: 'a' },
    { handler: 'b' },
    ['handler: Invalid value: "b": field is immutable'],
  ],
  [
    'storage.k8s.io/v1',
    'VolumeAttributesClass',
    { driverName: 'a.io', parameters: { a: 'b' } },
    { driverName: 'b.io', parameters: { a: 'b' } },
    ['driverName: Forbidden: updates to driverName are forbidden.'],
  ],
  [
    'networking.k8s.io/v1',
    'ServiceCIDR',
    { spec: { cidrs: ['10.0.0.0/24'] } },
    { spec: { cidrs: ['10.0.1.0/24', 'fd00::/64'] } },
    ['spec.cidrs[0]: Invalid value: "10.0.1.0/24": field is immutable'],
  ],
  [
    'networking.k8s.io/v1',
    'ServiceCIDR',
    { spec: { cidrs: ['10.0.0.0/24'] } },
    { spec: { cidrs: ['10.0.0.0/24', 'fd00::/64'] } },
    [],
  ],
  [
    'networking.k8s.io/v1',
    'IPAddress',
    { spec: { parentRef: { resource: 'services', name: 'a' } } },
    { spec: { parentRef: { resource: 'services', name: 'b' } } },
    ['spec.parentRef: Invalid value: {"Group":"","Resource":"services","Namespace":"","Name":"b"}: field is immutable'],
  ],
  ['events.k8s.io/v1', 'Event', EVENT, { ...EVENT, note: 'n' }, ['message: Invalid value: "n": field is immutable']],
]

test('what may not change in objects of the rarer kinds', () => {
  for (const [apiVersion, kind, before, after, faults] of CHANGES) {
    const old = decoded({ apiVersion, kind, ...before }).object
    const { object, rules } = decoded({ apiVersion, kind, ...after })
    assert.deepEqual(texts(rules.validateUpdate?.(object, old, context) ?? []), faults, kind)
  }
})
