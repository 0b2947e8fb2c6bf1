import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIG_MAPS, EVENTS, NODES, PODS } from '../../api/resources.ts'
import type { KubeObject, Namespace } from '../../api/types.ts'
import { deletionConditions } from './conditions.ts'
import { decideNamespace, recheckAfterMs } from './namespace_controller.ts'

const metadata = { name: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
const namespace = (ending: boolean, finalizers: string[]): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: ending ? { ...metadata, deletionTimestamp: 'now' } : metadata,
  spec: { finalizers },
})

test('only a namespace that is being deleted is emptied, pods before the rest', () => {
  const resources = [CONFIG_MAPS, NODES, PODS]
  const decide = (object: Namespace) => decideNamespace({ namespace: object, resources, now: 0 })
  assert.deepEqual(decide(namespace(true, ['kubernetes'])), { action: 'empty', waves: [[PODS], [CONFIG_MAPS, EVENTS]] })
  assert.equal(decide(namespace(false, ['kubernetes'])).action, 'none')
  assert.equal(decide(namespace(true, [])).action, 'none')
})

test('the conditions say what is left and which finalizers hold it', () => {
  const held: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, finalizers: ['a.b/hold'] } }
  const attempt = { found: [{ resource: CONFIG_MAPS, objects: [held, held] }], failures: [] }
  const conditions = deletionConditions([], attempt, 1000)
  assert.deepEqual(
    conditions.map(({ type, status, message }) => `${type} ${status}: ${message}`),
    [
      'NamespaceDeletionDiscoveryFailure False: All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False: All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False: All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining True: Some resources are remaining: configmaps. has 2 resource instances',
      'NamespaceFinalizersRemaining True: Some content in the namespace has finalizers remaining: a.b/hold in 2 resource instances',
    ],
  )
  const later = deletionConditions(conditions, { found: [], failures: [] }, 9000)
  assert.deepEqual(
    later.map((condition) => [condition.status, condition.lastTransitionTime]),
    [
      ['False', '1970-01-01T00:00:01Z'],
      ['False', '1970-01-01T00:00:01Z'],
      ['False', '1970-01-01T00:00:01Z'],
      ['False', '1970-01-01T00:00:09Z'],
      ['False', '1970-01-01T00:00:09Z'],
    ],
  )
})

test('the longer a namespace is held, the more rarely it is looked at', () => {
  const held = {
    ...namespace(true, ['kubernetes']),
    metadata: { ...metadata, deletionTimestamp: '1970-01-01T00:00:00Z' },
  }
  const after = (now: number) => recheckAfterMs({ namespace: held, now })
  assert.deepEqual([after(0), after(4_000), after(3_600_000)], [250, 1_000, 15_000])
})
