import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import { dial } from './dial.ts'

const HOST = '127.0.0.1'
const path = '/grpc.health.v1.Health/Check'
const asIs = (bytes: Buffer) => bytes

/** Serves `good` (and the server as a whole), and says of everything else that it does not. */
async function healthServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = new Server()
  const check = { path, requestStream: false, responseStream: false } as const
  const coding = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  }
  server.addService(
    { check: { ...check, ...coding } },
    {
      check: (call: { readonly request: Buffer }, answer: (error: object | null, bytes?: Buffer) => void) => {
        const service = call.request.subarray(2).toString()
        if (service === 'unknown') answer({ code: status.NOT_FOUND, details: 'unknown service' })
        else answer(null, Buffer.from([0x08, service === '' || service === 'good' ? 1 : 2]))
      },
    },
  )
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure()
    server.bindAsync(`${HOST}:0`, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)))
  })
  return { server, port }
}

test('the health service tells of the server and of each service', async () => {
  const { port, server } = await healthServer()
  const ask = (service: string) => dial.grpcHealth({ host: HOST, port, service, timeoutMs: 2_000 })
  try {
    assert.deepEqual([await ask(''), await ask('good'), await ask('bad')], ['SERVING', 'SERVING', 'NOT_SERVING'])
    await assert.rejects(ask('unknown'), { message: 'error: health rpc probe failed: unknown service' })
  } finally {
    server.forceShutdown()
  }
})

test('a port where nobody listens is an error within the time', async () => {
  const { port, server } = await healthServer()
  server.forceShutdown()
  const asked = dial.grpcHealth({ host: HOST, port, service: '', timeoutMs: 300 })
  await assert.rejects(asked, {
    message:
      /^timeout: failed to connect service "127\.0\.0\.1:\d+" within 0\.3s: dial tcp .*: connect: connection refused$/,
  })
})
