import type { Connection } from './connection.ts'

const NODES = ['node-0', 'node-1', 'node-2']
const JSON_BODY = { 'content-type': 'application/json' }
const SIZE = { cpu: '1000', memory: '1000Gi', pods: '100000' }

/** Makes the three nodes that `traces-*` expect, always Ready; those that are there stay as they are. */
export async function makeNodes(connection: Connection): Promise<void> {
  for (const name of NODES) {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } } }
    const made = await connection.call('POST', '/api/v1/nodes', JSON_BODY, JSON.stringify(node))
    if (made.status !== 201 && made.status !== 409) throw new Error(`cannot make ${name}: ${made.status} ${made.text}`)
    const now = new Date().toISOString().replace(/\.\d+/, '')
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    }
    const patch = { 'content-type': 'application/merge-patch+json' }
    const status = { status: { capacity: SIZE, allocatable: SIZE, conditions: [ready] } }
    await expectOk(connection.call('PATCH', `/api/v1/nodes/${name}/status`, patch, JSON.stringify(status)))
    await expectOk(connection.call('PATCH', `/api/v1/nodes/${name}`, patch, JSON.stringify({ spec: { taints: null } })))
  }
}

async function expectOk(answering: Promise<{ readonly status: number; readonly text: string }>): Promise<void> {
  const { status, text } = await answering
  if (status !== 200) throw new Error(`cannot ready a node: ${status} ${text}`)
}
