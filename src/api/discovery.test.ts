import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aggregatedDiscovery, byPreference, groupDocument, groupList, resourceList } from './discovery.ts'
import { allResources } from './schema/table.ts'

type Named = { readonly name: string }

test("groups come in upstream's order, with the preferred version first", () => {
  const { groups } = groupList(allResources()) as { groups: (Named & { versions: { version: string }[] })[] }
  assert.deepEqual(
    groups.slice(0, 6).map(({ name }) => name),
    ['apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling'],
  )
  assert.deepEqual(
    groups[5]?.versions.map(({ version }) => version),
    ['v2', 'v1'],
  )
  assert.equal(groupDocument(allResources(), 'nope'), undefined)
})

test('a resource list holds subresources with the group of their kind', () => {
  const list = resourceList(allResources(), 'apps', 'v1') as { resources: (Named & { group?: string })[] }
  assert.deepEqual(
    list.resources.slice(0, 3).map(({ name }) => name),
    ['controllerrevisions', 'daemonsets', 'daemonsets/status'],
  )
  assert.equal(list.resources.find(({ name }) => name === 'deployments/scale')?.group, 'autoscaling')
  assert.equal(resourceList(allResources(), 'apps', 'v9'), undefined)
})

test('aggregated discovery of the core group has one nameless item', () => {
  const { items } = aggregatedDiscovery(allResources(), '/api') as {
    items: { metadata: object; versions: { resources: object[] }[] }[]
  }
  assert.equal(items.length, 1)
  assert.deepEqual(items[0]?.metadata, {})
  assert.deepEqual(items[0]?.versions[0]?.resources[0], {
    resource: 'bindings',
    responseKind: { group: '', version: '', kind: 'Binding' },
    scope: 'Namespaced',
    singularResource: 'binding',
    verbs: ['create'],
  })
})

test('versions sort by stability, then by number', () => {
  const versions = ['v1beta1', 'foo', 'v1', 'v10', 'v2alpha1', 'v1beta2', 'v2']
  assert.deepEqual(versions.sort(byPreference), ['v10', 'v2', 'v1', 'v1beta2', 'v1beta1', 'v2alpha1', 'foo'])
})
