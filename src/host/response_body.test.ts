import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { type BodyChunk, sizeOfAll, wholeOf } from '../base/chunks.ts'
import { http } from './node_http.ts'
import { sendBody } from './response_body.ts'

let chunks: readonly BodyChunk[] = []
let waiting: () => number = () => 0
const server = http.createServer((_request, outgoing) => {
  outgoing.writeHead(200, { 'content-length': sizeOfAll(chunks) })
  waiting = sendBody(outgoing, chunks)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as { port: number }
after(() => server.close())

const filled = (length: number, seed: number) => new Uint8Array(length).map((_, at) => (at * 31 + seed) & 255)

test('a body arrives whole, whatever its chunks are', async () => {
  const bodies: BodyChunk[][] = [[], [filled(0, 1)], [filled(3, 2), filled(0, 3), filled(5, 4)], [filled(3_000_000, 5)]]
  bodies.push(Array.from({ length: 500 }, (_, at) => filled(1 + at * 17, at)))
  const texts = ['a', 'bc'.repeat(200_000), 'é', '', 'é漢😀'.repeat(70_000), '{}']
  bodies.push(texts.map((text) => ({ text, size: Buffer.byteLength(text) })))
  bodies.push([{ text: 'small ', size: 6 }, filled(9, 1), { text: 'ü', size: 2 }])
  bodies.push([filled(262_144, 6)], [filled(262_144, 7), filled(262_144, 8), filled(1, 9)])
  for (const body of bodies) {
    chunks = body
    const answer = await fetch(`http://127.0.0.1:${port}/`)
    assert.ok(Buffer.from(wholeOf(body)).equals(Buffer.from(await answer.arrayBuffer())), `${sizeOfAll(body)} bytes`)
    assert.equal(waiting(), 0)
  }
})

test('what a reader does not take is known to wait, and goes with its connection', async () => {
  chunks = [filled(32_000_000, 1)]
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [, outgoing] = await once(server, 'request')
  assert.ok(waiting() > 8_000_000, `${waiting()} bytes wait`)
  socket.destroy()
  await once(outgoing, 'close')
})
