import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MutableObject } from '../../api/kind_rules.ts'
import { rulesOf } from '../../api/kinds/registry.ts'
import type { ControllerRevision, PodTemplateSpec, StatefulSet } from '../../api/types.ts'
import { decideRevisions, revisionData } from './revisions.ts'
import { describeAction } from './testing/plan_description.ts'
import type { View } from './view.ts'

const metadata = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', namespace: 'one' }

function defaulted(image: string): StatefulSet {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image }] } }
  const spec = { serviceName: 'web', selector: { matchLabels: { app: 'web' } }, template }
  const draft = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { ...metadata, name: 'web' }, spec }
  rulesOf('apps', 'statefulsets').defaults?.(draft as MutableObject)
  return draft as StatefulSet
}

function revisionOf(name: string, number: number, template: PodTemplateSpec): ControllerRevision {
  const data = revisionData(template)
  return { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { ...metadata, name }, data, revision: number }
}

function decided(set: StatefulSet, revisions: readonly ControllerRevision[]) {
  const byName = new Map(revisions.map((revision) => [revision.metadata.name, revision]))
  const view: View = {
    now: 0,
    set,
    pods: [],
    revisions,
    revisionNamed: (name) => byName.get(name),
    claimNamed: () => undefined,
    maxUnavailableEnabled: true,
  }
  const decision = decideRevisions(view, revisions)
  return { ...decision, told: decision.actions.map(describeAction) }
}

test('a revision that lacks a default which is filled in today is no other template', () => {
  const set = defaulted('app:1')
  const { terminationGracePeriodSeconds: _, ...spec } = set.spec.template.spec ?? { containers: [] }
  const older = revisionOf('web-older', 4, { ...set.spec.template, spec })
  const { update, told } = decided(set, [older])
  assert.deepEqual([update.name, told], ['web-older', []])
})

test('a changed template makes a revision with the next number', () => {
  const { told } = decided(defaulted('app:2'), [revisionOf('web-a', 4, defaulted('app:1').spec.template)])
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /^create-revision web-[a-z0-9]+ as number 5$/)
})

test('an equal older revision gets a new number', () => {
  const revisions = ['app:1', 'app:2'].map((image, index) =>
    revisionOf(`web-${index}`, index + 1, defaulted(image).spec.template),
  )
  const { update, told } = decided(defaulted('app:1'), revisions)
  assert.deepEqual([update.name, told], ['web-0', ['renumber-revision web-0 to 3']])
})

test('a name that is taken by other data raises the count of collisions', () => {
  const set = defaulted('app:1')
  const free = decided(set, [])
  const inTheWay = revisionOf(free.update.name, 1, defaulted('app:9').spec.template)
  const byName = new Map([[inTheWay.metadata.name, inTheWay]])
  const view = { now: 0, set, pods: [], revisions: [], claimNamed: () => undefined, maxUnavailableEnabled: true }
  const decision = decideRevisions({ ...view, revisionNamed: (name) => byName.get(name) }, [])
  assert.equal(decision.collisionCount, 1)
  assert.notEqual(decision.update.name, free.update.name)
})

test('nothing but the template is taken from a revision', () => {
  const set = { ...defaulted('app:1'), status: { replicas: 0, currentRevision: 'web-forged' } }
  const forged = revisionOf('web-forged', 1, defaulted('app:0').spec.template)
  const data = { spec: { ...(forged.data as { spec: object }).spec, replicas: 99 }, metadata: { name: 'other' } }
  const { current } = decided(set, [{ ...forged, data }])
  assert.deepEqual(Object.keys(current.template).sort(), ['metadata', 'spec'])
})
