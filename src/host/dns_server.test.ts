import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import { type DnsPacket, decode, encode, TRUNCATED_RESPONSE } from './dns_packet.ts'
import { type DnsServer, openDnsServer } from './dns_server.ts'

const question = (name: string): Buffer =>
  encode({ type: 'query', id: 77, flags: 0x100, questions: [{ name, type: 'A' }] })

async function withServer(run: (server: DnsServer) => Promise<void>): Promise<void> {
  const server = await openDnsServer({
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    answer: ({ questions = [] }) => {
      const name = questions[0]?.name ?? ''
      if (name === 'broken.test') throw new Error('no')
      const count = name === 'many.test' ? 100 : 1
      const answers = Array.from({ length: count }, (_, at) => ({ name, type: 'A', ttl: 5, data: `10.0.0.${at}` }))
      return { rcode: 'NOERROR', authoritative: true, answers }
    },
  })
  try {
    await run(server)
  } finally {
    await server.close()
  }
}

function overUdp(port: number, query: Buffer): Promise<DnsPacket> {
  const { promise, resolve } = Promise.withResolvers<DnsPacket>()
  const socket = createSocket('udp4')
  socket.on('message', (message) => {
    socket.close()
    resolve(decode(message))
  })
  socket.send(query, port, '127.0.0.1')
  return promise
}

test('UDP answers carry the identity of the query, and a failure is SERVFAIL', () =>
  withServer(async ({ port }) => {
    const answer = await overUdp(port, question('web-0.nginx.test'))
    assert.deepEqual([answer.id, answer.answers?.[0]?.data], [77, '10.0.0.0'])
    assert.equal((answer.flags ?? 0) & 0x0580, 0x0580, 'authoritative, recursion desired and available')
    assert.equal(((await overUdp(port, question('broken.test'))).flags ?? 0) & 15, 2)
  }))

test('an answer too long for UDP is cut, and comes whole over TCP in pieces of any size', () =>
  withServer(async ({ port }) => {
    const cut = await overUdp(port, question('many.test'))
    assert.deepEqual([(cut.flags ?? 0) & TRUNCATED_RESPONSE, cut.answers?.length], [TRUNCATED_RESPONSE, 0])
    const query = question('many.test')
    const message = Buffer.concat([Buffer.from([0, query.length]), query])
    const socket = connect(port, '127.0.0.1')
    socket.write(message.subarray(0, 1))
    socket.write(message.subarray(1))
    let received = Buffer.alloc(0)
    for await (const piece of socket) {
      received = Buffer.concat([received, piece as Buffer])
      if (received.length >= 2 && received.length === 2 + received.readUInt16BE(0)) break
    }
    assert.equal(decode(received.subarray(2)).answers?.length, 100)
  }))
