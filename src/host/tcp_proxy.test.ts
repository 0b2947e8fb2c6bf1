import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openTcpProxy } from './tcp_proxy.ts'

test('a client that ends its half still gets the answer from a unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-proxy-'))
  const path = join(folder, 's')
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let asked = ''
    socket.on('data', (piece) => {
      asked += piece
    })
    socket.on('end', () => socket.end(`you said ${asked}`))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const port = 20000 + (process.pid % 20000)
  const proxy = await openTcpProxy({ host: '127.0.0.1', port, target: { path } })
  try {
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    client.end('hello')
    let answer = ''
    for await (const piece of client) answer += piece
    assert.equal(answer, 'you said hello')
  } finally {
    await proxy.close()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  }
})
