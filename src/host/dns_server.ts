import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import type { Log } from '../base/log.ts'
import { messageOf } from '../base/log.ts'
import type { DnsAnswer } from '../network/dns/answer.ts'
import { type DnsPacket, decode, encode, type PacketRecord, TRUNCATED_RESPONSE } from './dns_packet.ts'

/** Answers one query; the header's identity and flags are set here. */
export type DnsAnswerer = (query: DnsPacket) => DnsAnswer | Promise<DnsAnswer>

export interface DnsServer {
  /** The port in use, when 0 was asked for. */
  readonly port: number
  close(): Promise<void>
}

/** Without EDNS a UDP answer may have this many bytes (RFC 1035); with it, what the client offers up to the next. */
const UDP_BYTES_DEFAULT = 512
const UDP_BYTES_MAX = 4096
/** How long a TCP connection may stay silent. */
const TCP_IDLE_MS = 10_000
const TCP_CONNECTIONS_MAX = 200
const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
/** Flag bits of the header. */
const RECURSION_DESIRED = 0x0100
const RECURSION_AVAILABLE = 0x0080
const AUTHORITATIVE = 0x0400

/**
 * Serves DNS over UDP and TCP at one address of this process's network.
 * @throws Error when the address is in use
 */
export async function openDnsServer(options: {
  readonly host: string
  readonly port: number
  readonly answer: DnsAnswerer
  readonly log: Log
}): Promise<DnsServer> {
  const respond = (query: Buffer, bytesMax: (asked: DnsPacket) => number) => respondTo(query, bytesMax, options)
  const connections = new Set<Socket>()
  const tcp = createServer((socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    serveTcp(socket, respond)
  })
  tcp.maxConnections = TCP_CONNECTIONS_MAX
  await listenTcp(tcp, options.host, options.port)
  const { port } = tcp.address() as { port: number }
  const udp = createSocket({ type: options.host.includes(':') ? 'udp6' : 'udp4' })
  udp.on('message', async (query, from) => {
    const response = await respond(query, udpBytesOf)
    if (response !== undefined) udp.send(response, from.port, from.address, () => {})
  })
  await bindUdp(udp, options.host, port).catch((error) => {
    tcp.close()
    throw error
  })
  return { port, close: () => closeBoth(udp, tcp, connections) }
}

async function respondTo(
  query: Buffer,
  bytesMax: (asked: DnsPacket) => number,
  options: { readonly answer: DnsAnswerer; readonly log: Log },
): Promise<Buffer | undefined> {
  let asked: DnsPacket
  try {
    asked = decode(query)
  } catch {
    // Without a readable header there is nobody to answer.
    return undefined
  }
  if (asked.type !== 'query') return undefined
  const answer = await Promise.resolve()
    .then(() => options.answer(asked))
    .catch((error): DnsAnswer => {
      options.log.warn('a DNS query could not be answered', { error: messageOf(error) })
      return { rcode: 'SERVFAIL', authoritative: false, answers: [] }
    })
  return fit(packetOf(asked, answer), bytesMax(asked))
}

function packetOf(asked: DnsPacket, answer: DnsAnswer): DnsPacket {
  const flags = (asked.flags ?? 0) & RECURSION_DESIRED
  const additionals: PacketRecord[] = [...(answer.additionals ?? [])]
  // Who speaks EDNS gets an answer that does.
  if (ednsOf(asked) !== undefined) additionals.push({ type: 'OPT', name: '.', udpPayloadSize: UDP_BYTES_MAX })
  return {
    type: 'response',
    id: asked.id ?? 0,
    flags: flags | RECURSION_AVAILABLE | (answer.authoritative ? AUTHORITATIVE : 0) | RCODES[answer.rcode],
    questions: asked.questions ?? [],
    answers: answer.answers,
    authorities: answer.authorities ?? [],
    additionals,
  }
}

/** An answer that is too long is cut to its question, and the client asks again over TCP. */
function fit(packet: DnsPacket, bytesMax: number): Buffer {
  const whole = encode(packet)
  if (whole.length <= bytesMax) return whole
  return encode({
    ...packet,
    flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE,
    answers: [],
    authorities: [],
    additionals: [],
  })
}

function udpBytesOf(asked: DnsPacket): number {
  return Math.min(UDP_BYTES_MAX, Math.max(UDP_BYTES_DEFAULT, ednsOf(asked) ?? UDP_BYTES_DEFAULT))
}

function ednsOf(asked: DnsPacket): number | undefined {
  return asked.additionals?.find(({ type }) => type === 'OPT')?.udpPayloadSize
}

/** Each message comes after its length in two bytes; several may come on one connection. */
function serveTcp(
  socket: Socket,
  respond: (query: Buffer, bytesMax: () => number) => Promise<Buffer | undefined>,
): void {
  let received = Buffer.alloc(0)
  let working = Promise.resolve()
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (piece: Buffer) => {
    received = Buffer.concat([received, piece])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      const query = received.subarray(2, end)
      received = received.subarray(end)
      working = working.then(async () => {
        const response = await respond(query, () => 0xffff)
        if (response === undefined) socket.destroy()
        else socket.write(Buffer.concat([lengthOf(response), response]))
      })
    }
  })
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return length
}

function listenTcp(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => resolve())
  })
}

function bindUdp(socket: UdpSocket, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: host, port }, () => {
      socket.removeListener('error', reject)
      // A client that went away must not end the server.
      socket.on('error', () => {})
      resolve()
    })
  })
}

function closeBoth(udp: UdpSocket, tcp: Server, connections: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    udp.close(() => tcp.close(() => resolve()))
    // Clients may keep theirs open; they find the server again by asking anew.
    for (const socket of connections) socket.destroy()
  })
}
