import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allResources, findType, goFieldsOf, resourceFacts, typeNameOf, typeOf } from './table.ts'

test('finds a resource by its name and by its kind', () => {
  const sets = resourceFacts('apps', 'v1', 'statefulsets')
  assert.deepEqual(sets?.ref, {
    group: 'apps',
    version: 'v1',
    resource: 'statefulsets',
    kind: 'StatefulSet',
    namespaced: true,
  })
  assert.deepEqual(sets?.shortNames, ['sts'])
  assert.equal(sets?.typeName, 'io.k8s.api.apps.v1.StatefulSet')
  assert.equal(sets?.columns[0]?.[0], 'Name')
  assert.equal(resourceFacts('apps', 'v1', 'ships'), undefined)
  assert.equal(resourceFacts('', 'v1', 'nodes')?.ref.namespaced, false)
})

test('a subresource names the group of the kind that it takes', () => {
  const pods = resourceFacts('', 'v1', 'pods')
  const sub = (name: string) => pods?.subresources.find((each) => each.name === name)
  assert.deepEqual(sub('eviction'), {
    name: 'eviction',
    kind: 'Eviction',
    group: 'policy',
    version: 'v1',
    verbs: ['create'],
  })
  assert.equal(sub('status')?.kind, 'Pod')
  assert.equal(sub('status')?.group, '')
})

test('every field of a resource leads to a type of the table', () => {
  const seen = new Set<string>()
  const visit = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const field of Object.values(typeOf(name).fields ?? {})) {
      const inner = /io\.k8s\.[\w.-]+/.exec(field.t)?.[0]
      if (inner !== undefined) visit(inner)
    }
  }
  for (const facts of allResources()) visit(facts.typeName)
  assert.ok(seen.size > 400)
})

test('names from outside never reach the prototype of the table', () => {
  assert.equal(findType('__proto__'), undefined)
  assert.equal(goFieldsOf('constructor'), undefined)
  assert.equal(resourceFacts('', 'v1', '__proto__'), undefined)
  assert.equal(typeNameOf('policy', 'v1beta1', 'Eviction'), 'io.k8s.api.policy.v1beta1.Eviction')
})
