import assert from 'node:assert/strict'
import { test } from 'node:test'
import protobuf from 'protobufjs/minimal.js'
import { allResources } from '../schema/table.ts'
import { createOpenApi } from './openapi.ts'

const openApi = createOpenApi(allResources())
const read = (bytes: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(bytes))

test('the index names every document by the hash of its content', () => {
  const { paths } = read(openApi.index().bytes)
  const hash = openApi.document('apis/apps/v1')?.hash
  assert.equal(paths['apis/apps/v1'].serverRelativeURL, `/openapi/v3/apis/apps/v1?hash=${hash}`)
  assert.equal(openApi.document('apis/nope/v1'), undefined)
  assert.equal(createOpenApi(allResources()).document('apis/apps/v1')?.hash, hash)
})

test('a patch tells its kind and that the server validates fields, as kubectl wants to know', () => {
  const { openapi, info, paths } = read(openApi.document('apis/apps/v1')?.bytes)
  assert.deepEqual([openapi, info], ['3.0.0', { title: 'Kubernetes', version: '1.36' }])
  const { patch } = paths['/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}']
  assert.deepEqual(patch['x-kubernetes-group-version-kind'], { group: 'apps', version: 'v1', kind: 'StatefulSet' })
  assert.ok(patch.parameters.some(({ name }: { name: string }) => name === 'fieldValidation'))
  assert.equal(patch.operationId, 'patchAppsV1NamespacedStatefulSet')
  assert.equal(paths['/apis/apps/v1/'].get.operationId, 'getAppsV1APIResources')
})

test('no document refers to a schema that it lacks', () => {
  for (const path of Object.keys(read(openApi.index().bytes).paths)) {
    const text = new TextDecoder().decode(openApi.document(path)?.bytes)
    const { schemas } = JSON.parse(text).components
    for (const [, name] of text.matchAll(/#\/components\/schemas\/([^"]+)/g))
      assert.ok(schemas[name ?? ''], `${path}: ${name}`)
  }
  const swagger = new TextDecoder().decode(openApi.swagger().bytes)
  const { definitions } = JSON.parse(swagger)
  for (const [, name] of swagger.matchAll(/#\/definitions\/([^"]+)/g)) assert.ok(definitions[name ?? ''], `no ${name}`)
})

test('schemas carry what strategic merge and apply need', () => {
  const { schemas } = read(openApi.document('api/v1')?.bytes).components
  const { containers } = schemas['io.k8s.api.core.v1.PodSpec'].properties
  assert.deepEqual(containers['x-kubernetes-list-map-keys'], ['name'])
  assert.equal(containers['x-kubernetes-patch-merge-key'], 'name')
  assert.deepEqual(schemas['io.k8s.api.core.v1.Pod']['x-kubernetes-group-version-kind'], [
    { group: '', version: 'v1', kind: 'Pod' },
  ])
  assert.deepEqual(schemas['io.k8s.api.core.v1.Pod'].properties.spec.allOf, [
    { $ref: '#/components/schemas/io.k8s.api.core.v1.PodSpec' },
  ])
})

test('the protobuf form has one definition for each of the JSON form', () => {
  const reader = protobuf.Reader.create(openApi.swaggerProtobuf().bytes)
  let definitions = 0
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    if (tag === 10) assert.equal(reader.string(), '2.0')
    else if (tag >>> 3 === 9) {
      const end = reader.uint32() + reader.pos
      for (; reader.pos < end; definitions++) reader.skipType(reader.uint32() & 7)
    } else reader.skipType(tag & 7)
  }
  assert.equal(definitions, Object.keys(read(openApi.swagger().bytes).definitions).length)
})

test('what all operations of a path take stands at the path', () => {
  const { paths } = read(openApi.document('api/v1')?.bytes)
  const names = (parameters: { name: string }[] | undefined) => (parameters ?? []).map(({ name }) => name).join(' ')
  const pods = paths['/api/v1/namespaces/{namespace}/pods']
  assert.equal(names(pods.parameters), 'namespace pretty')
  assert.equal(names(pods.post.parameters), 'dryRun fieldManager fieldValidation')
  const watch = paths['/api/v1/watch/namespaces/{namespace}/pods/{name}']
  assert.match(names(watch.parameters), /^allowWatchBookmarks continue .* name namespace pretty .* watch$/)
  assert.equal(watch.get.parameters, undefined)
  const proxy = paths['/api/v1/namespaces/{namespace}/pods/{name}/proxy/{path}']
  assert.equal(proxy.head.operationId, 'connectCoreV1HeadNamespacedPodProxyWithPath')
})

test('a deletion promises the object where the storage returns it, else a Status', () => {
  const answerOf = (document: string, path: string) =>
    read(openApi.document(document)?.bytes).paths[path].delete.responses[200].content['application/json'].schema.$ref
  assert.match(answerOf('api/v1', '/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}'), /Claim$/)
  assert.match(answerOf('api/v1', '/api/v1/namespaces/{namespace}/configmaps/{name}'), /Status$/)
})

test('only items that Go writes as a zero value have a default, and no schema of Swagger has one', () => {
  const { schemas } = read(openApi.document('api/v1')?.bytes).components
  const { labels } = schemas['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'].properties
  assert.deepEqual(labels.additionalProperties, { type: 'string', default: '' })
  const { limits } = schemas['io.k8s.api.core.v1.ResourceRequirements'].properties
  assert.equal(limits.additionalProperties.default, undefined)
  const { definitions } = read(openApi.swagger().bytes)
  assert.doesNotMatch(JSON.stringify(definitions['io.k8s.api.core.v1.PodSpec']), /"default":/)
})

test('the paths above those of resources have documents of their own', () => {
  const { paths, components } = read(openApi.document('apis/apps')?.bytes)
  assert.equal(paths['/apis/apps/'].get.operationId, 'getAppsAPIGroup')
  assert.ok(components.schemas['io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup'])
  assert.ok(read(openApi.document('version')?.bytes).paths['/version/'])
})

test('custom resources bring their own schema', () => {
  const [model] = allResources()
  assert.ok(model !== undefined)
  const ref = { group: 'example.com', version: 'v1', resource: 'things', kind: 'Thing', namespaced: true }
  const thing = { ...model, ref, typeName: 'com.example.v1.Thing', subresources: [] }
  const custom = createOpenApi([thing], new Map([['com.example.v1.Thing', { type: 'object' }]]))
  assert.deepEqual(read(custom.document('apis/example.com/v1')?.bytes).components.schemas['com.example.v1.Thing'], {
    type: 'object',
  })
})
