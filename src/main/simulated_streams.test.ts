import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pod } from '../api/types.ts'
import type { TunnelRequest, Upgrade } from '../server/http/streaming_port.ts'
import { simulatedStreams } from './simulated_streams.ts'

const pod = { metadata: { name: 'web-0' }, spec: { nodeName: 'node-0' } } as unknown as Pod

test('the log of a simulated pod is one line that says so, also for those who follow it', async () => {
  const received: string[] = []
  const sink = {
    write: (chunk: Uint8Array) => received.push(new TextDecoder().decode(chunk)),
    end: () => received.push('end'),
  }
  const options = { container: 'nginx', follow: true, previous: false, timestamps: false }
  await simulatedStreams.log(pod, options, sink, new AbortController().signal)
  assert.match(received[0] ?? '', /^pod "web-0" is simulated .*\n$/)
  assert.equal(received[1], 'end')
})

test('a command in a simulated pod is refused with the reason', async () => {
  const tunnel = simulatedStreams.tunnel({ pod, kind: 'exec' } as TunnelRequest, {} as Upgrade)
  await assert.rejects(tunnel, { code: 400, message: /^pod "web-0" is simulated/ })
})
