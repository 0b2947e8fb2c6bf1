import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../../api/types.ts'
import type { HostDial } from '../host_port.ts'
import type { ContainerRuntime } from '../runtime.ts'
import { createProbeRunner, type ProbeRequest } from './run_probe.ts'

const refused = 'Get "http://10.0.0.5:80/": dial tcp 10.0.0.5:80: connect: connection refused'
const dial = {
  httpGet: () => Promise.reject(new Error(refused)),
  tcpConnect: async () => {},
  grpcHealth: async ({ service }: { readonly service: string }) => (service === 'ready' ? 'SERVING' : 'NOT_SERVING'),
} as unknown as HostDial
const run = createProbeRunner({ runtime: {} as ContainerRuntime, dial })

const ask = (probe: object) => {
  const container = { name: 'app', ports: [{ name: 'web', containerPort: 80 }] }
  const target = { container, id: 'c', startedAt: 0, podIp: '10.0.0.5', isEnding: false }
  return run({ pod: {} as Pod, target, probe } as unknown as ProbeRequest)
}

test('a failed connection is told once, in its own words', async () => {
  assert.deepEqual(await ask({ httpGet: { port: 'web' } }), { passed: false, message: refused })
})

test("a gRPC probe asks for its service's health", async () => {
  assert.equal((await ask({ grpc: { port: 80, service: 'ready' } })).passed, true)
  assert.deepEqual(await ask({ grpc: { port: 80 } }), {
    passed: false,
    message: 'service unhealthy (responded with "NOT_SERVING")',
  })
})
