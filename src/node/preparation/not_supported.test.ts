import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import { notSupportedIn } from './not_supported.ts'

const pod = (spec: object) => ({ spec }) as unknown as Pod

test('what a node passes over is named, and what it does is not', () => {
  const ports = [{ containerPort: 80, hostPort: 8080 }]
  const asks = { runtimeClassName: 'kata', hostUsers: false, containers: [{ name: 'web', ports }] }
  assert.deepEqual(notSupportedIn(pod(asks)), ['runtimeClassName', 'hostUsers', 'containers{web}.ports.hostPort'])
  const plain = { securityContext: { seccompProfile: { type: 'RuntimeDefault' } }, containers: [{ name: 'web' }] }
  assert.deepEqual(notSupportedIn(pod(plain)), [])
})

test("with the node's own network a port is a port of the node", () => {
  const ports = [{ containerPort: 80, hostPort: 80 }]
  assert.deepEqual(notSupportedIn(pod({ hostNetwork: true, containers: [{ name: 'web', ports }] })), [])
})
