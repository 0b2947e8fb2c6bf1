import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CONFIG_MAPS } from '../../api/resources.ts'
import type { KubeObject, OwnerReference } from '../../api/types.ts'
import { decideGarbage, type GarbageView, type OwnerState } from './decide.ts'
import type { GraphNode } from './graph.ts'

const owner = (uid: string, blocks = false): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: uid,
  uid,
  ...(blocks ? { blockOwnerDeletion: true } : {}),
})

function node(name: string, metadata: Partial<KubeObject['metadata']> = {}): GraphNode {
  const fixed = { name, namespace: 'n', uid: name, resourceVersion: '1', creationTimestamp: '' }
  return { resource: CONFIG_MAPS, object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...fixed, ...metadata } } }
}

function view(states: readonly OwnerState[], more: Partial<GarbageView> = {}): GarbageView {
  const owners = states.map((state, index) => ({ reference: owner(`owner-${index}`), state }))
  return { node: node('kid'), owners, dependents: [], ...more }
}

const ending = (finalizer: string) => node('top', { deletionTimestamp: 'now', finalizers: [finalizer] })

test('an object goes only when the server has said that all its owners are gone', () => {
  assert.deepEqual(decideGarbage(view(['absent', 'absent'])), { action: 'delete', propagation: 'Background' })
  assert.equal(decideGarbage(view(['alive'])).action, 'none')
  assert.equal(decideGarbage(view(['unknown'])).action, 'none')
  assert.equal(decideGarbage(view([])).action, 'none')
  assert.equal(decideGarbage(view(['unseen', 'absent'])).action, 'verifyOwners')
})

test('an owner that is alive keeps the object, and the absent ones are forgotten', () => {
  const plan = decideGarbage(view(['absent', 'alive']))
  assert.deepEqual(plan, { action: 'forgetOwners', keep: [owner('owner-1')] })
})

test('an owner in foreground deletion takes its dependents along, their own dependents first', () => {
  assert.deepEqual(decideGarbage(view(['waiting'])), { action: 'delete', propagation: 'Background' })
  const withKids = view(['waiting'], { dependents: [node('grandchild')] })
  assert.deepEqual(decideGarbage(withKids), { action: 'delete', propagation: 'Foreground' })
})

test('in a circle nobody waits for ever', () => {
  const circle = view(['waiting'], { dependents: [ending('foregroundDeletion')] })
  assert.deepEqual(decideGarbage(circle), { action: 'delete', propagation: 'Foreground', unblocks: true })
})

test('a waiting owner goes when no blocking dependent is left', () => {
  const blocking = node('kid', { ownerReferences: [owner('top', true)] })
  const free = node('kid', { ownerReferences: [owner('top')] })
  const waiting = (dependents: GraphNode[]) => view([], { node: ending('foregroundDeletion'), dependents })
  assert.equal(decideGarbage(waiting([blocking, free])).action, 'none')
  assert.equal(decideGarbage(waiting([free])).action, 'removeFinalizer')
})

test('an orphaning owner lets all dependents go before it goes', () => {
  const dependents = [node('kid', { ownerReferences: [owner('top')] })]
  assert.deepEqual(decideGarbage(view([], { node: ending('orphan'), dependents })), { action: 'orphan', dependents })
})

test('an object that is ending already is left to its finalizers', () => {
  assert.equal(decideGarbage(view(['absent'], { node: ending('example.com/hold') })).action, 'none')
})

test('whatever else is known, nothing is deleted while an owner may be alive', () => {
  const state = fc.constantFrom<OwnerState>('alive', 'waiting', 'absent', 'unseen', 'unknown')
  fc.assert(
    fc.property(fc.array(state, { maxLength: 4 }), fc.boolean(), (states, hasDependents) => {
      const plan = decideGarbage(view(states, hasDependents ? { dependents: [node('grandchild')] } : {}))
      const mayLive = states.length === 0 || states.some((one) => !['absent', 'waiting'].includes(one))
      assert.equal(plan.action === 'delete', !mayLive)
      if (plan.action === 'forgetOwners') assert.ok(plan.keep.length > 0 && plan.keep.length < states.length)
    }),
  )
})
