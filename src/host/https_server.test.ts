import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { ApiError } from '../api/error.ts'
import type { HttpHandler } from '../server/http/http_types.ts'
import { type Listening, listenHttps } from './https_server.ts'

const MIB = 1024 * 1024

/** Answers how many bytes it was sent, or with which code they were refused. */
const echoLength: HttpHandler = async (asked) => {
  try {
    const bytes = await asked.body()
    return { status: 200, headers: {}, body: [new TextEncoder().encode(String(bytes.length))] }
  } catch (thrown) {
    return { status: ApiError.from(thrown).code, headers: {}, body: [] }
  }
}

let door: Listening
before(async () => {
  door = await listenHttps({ handler: echoLength, port: 0, address: '127.0.0.1' })
})
after(() => door.close())

/** Sends a body piece by piece; with `length` it says so beforehand. */
function send(pieces: readonly Uint8Array[], length?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = length === undefined ? {} : { 'content-length': length }
    const asked = request({ port: door.port, host: '127.0.0.1', method: 'POST', path: '/', headers })
    asked.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', reject)
    for (const piece of pieces) asked.write(piece)
    asked.end()
  })
}

test('a body is bounded, whether it says its length or comes in chunks', async () => {
  const piece = new Uint8Array(MIB)
  assert.equal(await send([piece, piece]), 200)
  assert.equal(await send([piece, piece, piece, piece]), 413)
  assert.equal(await send([piece, piece, piece, piece], 4 * MIB), 413)
})

test('headers are bounded, and what is no HTTP is refused', async () => {
  // The server does not read on: its answer may be lost with the connection.
  assert.match(await raw(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(1100 * 1024)}\r\n\r\n`), /^$|^HTTP\/1\.1 431 /)
  assert.match(await raw('\u0000\u0001\r\n\r\n'), /^HTTP\/1\.1 400 /)
})

/** The first line of what the server answers to bytes that may be no request at all. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(door.port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''))
    socket.on('error', () => {})
  })
}
