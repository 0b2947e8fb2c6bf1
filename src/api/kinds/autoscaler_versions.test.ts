import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MutableObject } from '../kind_rules.ts'
import type { KubeObject } from '../types.ts'
import { autoscalerToNewVersion, autoscalerToOldVersion } from './autoscaler_versions.ts'

test('an old autoscaler survives being kept as a new one', () => {
  const old: MutableObject = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: { maxReplicas: 5, minReplicas: 2, targetCPUUtilizationPercentage: 50 },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  }
  const kept = autoscalerToNewVersion(structuredClone(old))
  assert.equal(kept.apiVersion, 'autoscaling/v2')
  assert.equal(kept['spec'].metrics[0].resource.target.averageUtilization, 50)
  assert.deepEqual(autoscalerToOldVersion(kept as unknown as KubeObject), old)
})
