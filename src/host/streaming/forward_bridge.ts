import type { Duplex } from 'node:stream'
import { ApiError } from '../../api/error.ts'
import type { ChannelSocket } from './channels.ts'
import { SpdyConnection, type SpdyStream } from './spdy_connection.ts'

/** Two channels a port: what goes to and fro, and what went wrong. */
const CHANNELS_PER_PORT = 2
const PORT_MAX = 65_535

/** @throws ApiError 400 unless the ports to forward are named, and are ports */
export function checkPorts(ports: readonly number[]): void {
  if (ports.length === 0) throw badRequest('query parameter "port" is required')
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > PORT_MAX)
  if (wrong !== undefined) throw badRequest(`unable to parse "${wrong}" as a port`)
}

/**
 * Connects a client's channels with the ports of a pod (SPDY): one connection to each port, which
 * lasts as long as the client's own. Each channel begins with the number of its port.
 */
export function bridgeForward(client: ChannelSocket, pod: Duplex, ports: readonly number[]): void {
  const connection = new SpdyConnection(pod, () => client.close())
  let open = ports.length
  const send = (channel: number) => (chunk: Uint8Array) => {
    if (!client.send(channel, chunk)) connection.pause()
  }
  const inputs = ports.map((port, index): SpdyStream => {
    const channel = index * CHANNELS_PER_PORT
    const headers = { port: String(port), requestid: String(index) }
    const number = Uint8Array.of(port & 0xff, port >> 8)
    client.send(channel, number)
    client.send(channel + 1, number)
    const faults = connection.open({ streamtype: 'error', ...headers }, { data: send(channel + 1), ended: () => {} })
    faults.end()
    const ended = () => {
      open -= 1
      if (open === 0) connection.close()
    }
    return connection.open({ streamtype: 'data', ...headers }, { data: send(channel), ended })
  })
  client.onDrain(() => connection.resume())
  connection.onDrain(() => client.resume())
  client.onClose(() => connection.close())
  client.onMessage((channel, data) => {
    if (channel % CHANNELS_PER_PORT !== 0) return
    if (inputs[channel / CHANNELS_PER_PORT]?.write(data) === false) client.pause()
  })
}

const badRequest = (message: string): ApiError => new ApiError({ code: 400, reason: 'BadRequest', message })
