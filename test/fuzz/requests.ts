import fc from 'fast-check'
import { resourceFacts } from '../../src/api/schema/table.ts'
import type { Question } from '../../src/server/testing/test_server.ts'
import { typedQuestion } from './typed_objects.ts'

/** Words that have broken servers before: keys of JavaScript's own, ways out of a path, ends of texts, too much of something. */
const NASTY = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '..',
  '.',
  '%2e%2e',
  '%2f',
  '%2F..%2F',
  '%00',
  '\u0000',
  '%ff',
  '%',
  '%zz',
  '\u202e',
  '\ud800',
  '🚢',
  '',
  ' ',
  '\r\nx: y',
  "'; drop table objects; --",
  '-1',
  '9007199254740993',
  '1e400',
  'NaN',
  'null',
  'true',
  'a'.repeat(300),
  'A_B',
  'metadata.name',
  '*',
]

const RESOURCES = [
  '/api/v1/namespaces/default/configmaps',
  '/api/v1/namespaces/default/secrets',
  '/api/v1/namespaces/default/pods',
  '/api/v1/namespaces/default/services',
  '/api/v1/namespaces/default/persistentvolumeclaims',
  '/api/v1/namespaces/default/events',
  '/api/v1/namespaces/default/serviceaccounts',
  '/api/v1/namespaces/default/bindings',
  '/api/v1/namespaces',
  '/api/v1/nodes',
  '/apis/apps/v1/namespaces/default/statefulsets',
  '/apis/apps/v1/namespaces/default/deployments',
  '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers',
]
const ELSEWHERE = [
  '/',
  '/api',
  '/apis',
  '/version',
  '/openapi/v2',
  '/openapi/v3',
  '/healthz',
  '/apis/apps/v1',
  '/metrics',
]
const SUBRESOURCES = [
  'status',
  'scale',
  'log',
  'exec',
  'proxy',
  'eviction',
  'binding',
  'finalize',
  'token',
  'resize',
  'nothing',
]
const PARAMETERS = [
  'watch',
  'limit',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'labelSelector',
  'fieldSelector',
  'timeoutSeconds',
  'dryRun',
  'fieldManager',
  'fieldValidation',
  'force',
  'pretty',
  'propagationPolicy',
  'gracePeriodSeconds',
  'includeObject',
  'sendInitialEvents',
  'container',
  'tailLines',
]
const BODY_TYPES = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'text/plain',
]
const ACCEPTS = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'text/html',
  ',,;q=x',
]

const nasty = fc.constantFrom(...NASTY)
const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('one', 'two', 'default') }, nasty)
const text = fc.oneof(
  nasty,
  fc.string({ maxLength: 20 }),
  fc.constantFrom('a=b', 'a in (b,c)', '!a', 'a notin (', 'a==b,,c'),
)

const ANY_METHOD = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'BREW']

/** A path with one of the methods that are meant for it, so that most questions come further than the door. */
const places = (weight: number, path: fc.Arbitrary<string>, methods: readonly string[]) => ({
  weight,
  arbitrary: fc.record({ path, method: fc.constantFrom(...methods) }),
})
const collection = fc.constantFrom(...RESOURCES)
const subresource = fc.oneof(fc.constantFrom(...SUBRESOURCES), nasty)
const place = fc.oneof(
  places(6, collection, ['GET', 'POST', 'POST', 'POST']),
  places(
    10,
    fc.tuple(collection, name).map((parts) => parts.join('/')),
    ['GET', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'DELETE'],
  ),
  places(
    4,
    fc.tuple(collection, name, subresource).map((parts) => parts.join('/')),
    ['GET', 'POST', 'PUT', 'PATCH'],
  ),
  places(1, fc.oneof(collection, fc.constantFrom(...ELSEWHERE)), ANY_METHOD),
  places(
    2,
    fc.array(name, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`),
    ANY_METHOD,
  ),
)

const query = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...PARAMETERS), nasty), text), { maxLength: 4 })
  .map((pairs) => pairs.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&'))

const FIELDS = ['metadata', 'spec', 'status', 'data', 'name', 'labels', 'annotations', 'finalizers', 'ownerReferences']
const MORE_FIELDS = [
  'containers',
  'template',
  'selector',
  'ports',
  'resources',
  'requests',
  'replicas',
  'rules',
  'kind',
]
const key = fc.oneof(fc.constantFrom(...FIELDS, ...MORE_FIELDS), nasty)

/** Any JSON value, with the keys that objects of the API have and those that no object should have. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.maxSafeInteger()),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value
const deep = fc
  .nat({ max: 5000 })
  .chain((depth) =>
    fc.constantFrom(
      '['.repeat(depth),
      `${'['.repeat(depth)}${']'.repeat(depth)}`,
      `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
      `${'- '.repeat(Math.min(depth, 2000))}a`,
    ),
  )
const bomb = fc.integer({ min: 2, max: 12 }).map((levels) => {
  const lines = Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}*a${at}]`)
  return ['a0: &a0 x', ...lines].join('\n')
})
const operation = fc.record(
  { op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'), path: text, from: text, value: json },
  { requiredKeys: [] },
)
const pointer = fc.array(key, { maxLength: 3 }).map((keys) => keys.map((one) => `/${one}`).join(''))
const patch = fc.array(
  fc.oneof(
    operation,
    fc.record({ op: fc.constantFrom('add', 'remove', 'copy'), path: pointer, from: pointer, value: json }),
  ),
  {
    maxLength: 4,
  },
)

const asText = (value: unknown): string => JSON.stringify(value) ?? 'null'
const words = fc.dictionary(key, text, { maxKeys: 3, noNullPrototype: true })
const loose = fc.record(
  { name, labels: json, annotations: json, finalizers: json, ownerReferences: json },
  { requiredKeys: ['name'] },
)
const sound = fc.record({ name, annotations: words }, { requiredKeys: ['name'] })
const object = fc.oneof(
  fc.record({ metadata: fc.oneof(sound, loose), spec: json, data: json }, { requiredKeys: ['metadata'] }),
  fc.record({ metadata: sound, data: words }),
)
const body = fc.oneof(
  { weight: 6, arbitrary: object.map(asText) },
  { weight: 3, arbitrary: json.map(asText) },
  { weight: 2, arbitrary: patch.map(asText) },
  { weight: 2, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: bomb },
  { weight: 1, arbitrary: fc.constant('k8s\u0000\n\u000b\n\u0002v1\u0012\u0009ConfigMap\u0012\u00ff\u00ff') },
)

const PATCH_TYPES = BODY_TYPES.filter((type) => type.includes('patch'))
const PLAIN_TYPES = BODY_TYPES.filter((type) => !type.includes('patch'))
const contentTypeFor = (method: string) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...(method === 'PATCH' ? PATCH_TYPES : PLAIN_TYPES)) },
    { weight: 1, arbitrary: fc.constantFrom(...BODY_TYPES) },
  )

/** Requests of which little is as it should be. */
const wildQuestion: fc.Arbitrary<Question> = place.chain(({ path, method }) =>
  fc
    .record({ query, body, contentType: contentTypeFor(method), accept: fc.constantFrom(...ACCEPTS) })
    .map(({ query, body, contentType, accept }) => ({
      method,
      path: `${path}${query === '' ? '' : `?${query}`}`,
      headers: { 'content-type': contentType, accept },
      body,
    })),
)

/** Any request that somebody who means ill, or a broken program, could send. */
export const question: fc.Arbitrary<Question> = fc.oneof(wildQuestion, typedQuestion)

/** Objects that the questions above may meet. */
export const FIRST_OBJECTS: readonly Question[] = (
  [
    ['/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } }],
    ['/api/v1/namespaces/default/configmaps', { metadata: { name: 'one' }, data: { a: 'b' } }],
    ['/api/v1/namespaces/default/secrets', { metadata: { name: 'one' }, data: { a: 'Yg==' } }],
    [
      '/api/v1/namespaces/default/pods',
      { metadata: { name: 'one' }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    ],
    ['/api/v1/namespaces/default/services', { metadata: { name: 'one' }, spec: { ports: [{ port: 80 }] } }],
    ['/api/v1/nodes', { metadata: { name: 'one' } }],
    [
      '/apis/apps/v1/namespaces/default/statefulsets',
      {
        metadata: { name: 'one' },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
    ],
  ] as const
).map(([path, object]) => ({ method: 'POST', path, body: object }))

/** Whether the table knows what the paths above name; a renamed resource would make the search blind. */
export const unknownPaths = (): string[] =>
  RESOURCES.filter((path) => {
    const parts = path
      .split('/')
      .filter((part) => part !== '' && part !== 'default' && part !== 'api' && part !== 'apis')
    const names = parts.filter((part, at) => part !== 'namespaces' || at === parts.length - 1)
    const [group, version, resource] = names.length === 3 ? names : ['', ...names]
    return resourceFacts(group ?? '', version ?? '', resource ?? '') === undefined
  })
