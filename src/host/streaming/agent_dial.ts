import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ApiError } from '../../api/error.ts'

/** At the agent's door: an upgrade of this path becomes a plain connection with an address of the node's network. */
export const DIAL_PATH = '/dial'
const DIAL_MS_MAX = 30_000

export interface DialedAddress {
  readonly host: string
  readonly port: string
}

/** Joins an upgraded connection with the address that was asked for. @throws ApiError 503 when nobody listens there */
export async function pipeDialed(address: DialedAddress, socket: Duplex, head: Uint8Array): Promise<void> {
  const dialed = await dial(address)
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n')
  if (head.length > 0) dialed.write(head)
  socket.pipe(dialed).pipe(socket)
  socket.on('close', () => dialed.destroy())
  // Ended, not destroyed: what was said last may still be on its way.
  dialed.on('close', () => socket.end())
}

function dial({ host, port }: DialedAddress): Promise<Socket> {
  const target = `${host}:${port}`
  if (!/^\d{1,5}$/.test(port)) throw unreachable(`dial tcp: lookup tcp/${port}: unknown port`)
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) })
    const tooLong = setTimeout(() => socket.destroy(new Error('i/o timeout')), DIAL_MS_MAX)
    socket.once('connect', () => {
      clearTimeout(tooLong)
      resolve(socket)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(tooLong)
      reject(unreachable(`dial tcp ${target}: ${CAUSES[error.code ?? ''] ?? error.message}`))
      socket.destroy()
    })
  })
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
}

const unreachable = (message: string): ApiError => new ApiError({ code: 503, reason: 'ServiceUnavailable', message })
