import type { ClientRequest, IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { systemClock } from '../../base/clock.ts'
import type { HostDial, HttpProbeRequest, HttpProbeResponse } from '../../node/host_port.ts'
import { http, https } from '../node_http.ts'
import { grpcHealth } from './grpc_health.ts'
import { PROBE_BODY_BYTES_MAX } from './limits.ts'

/** Connections from this process's own network, which is the node's. */
export const dial: HostDial = {
  httpGet,
  grpcHealth: (request) => grpcHealth({ ...request, host: bracketed(request.host) }),
  tcpConnect: (host, port, timeoutMs) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port })
      const timer = systemClock.after(timeoutMs, () => fail(new Error(`dial tcp ${host}:${port}: i/o timeout`)))
      const fail = (error: Error) => {
        timer.cancel()
        socket.destroy()
        reject(error)
      }
      socket.on('error', (error) => fail(new Error(`dial tcp ${host}:${port}: ${words(error)}`)))
      socket.once('connect', () => {
        timer.cancel()
        socket.destroy()
        resolve()
      })
    }),
}

function httpGet(wanted: HttpProbeRequest): Promise<HttpProbeResponse> {
  const url = `${wanted.scheme}://${bracketed(wanted.host)}:${wanted.port}${wanted.path}`
  return new Promise((resolve, reject) => {
    const sent = send(wanted)
    const fail = (why: string) => {
      timer.cancel()
      sent.destroy()
      reject(new Error(`Get "${url}": ${why}`))
    }
    const timer = systemClock.after(wanted.timeoutMs, () =>
      fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)'),
    )
    sent.on('error', (error) => fail(`dial tcp ${wanted.host}:${wanted.port}: ${words(error)}`))
    sent.once('response', (response) => {
      collect(response).then(
        (body) => {
          timer.cancel()
          sent.destroy()
          resolve({ status: response.statusCode ?? 0, location: response.headers.location, body })
        },
        (error) => fail(words(error)),
      )
    })
    sent.end()
  })
}

function send(wanted: HttpProbeRequest): ClientRequest {
  const hasHost = wanted.headers.some(({ name }) => name.toLowerCase() === 'host')
  const headers = [
    // Given as a list, headers are sent as they are, so this one is not added by Node.
    ...(hasHost ? [] : [{ name: 'Host', value: `${bracketed(wanted.host)}:${wanted.port}` }]),
    ...wanted.headers,
    { name: 'Connection', value: 'close' },
  ]
  const options = {
    host: wanted.host,
    port: wanted.port,
    path: wanted.path || '/',
    agent: false,
    headers: headers.flatMap(({ name, value }) => [name, value]),
    rejectUnauthorized: false,
  }
  return wanted.scheme === 'https' ? https.request(options) : http.request(options)
}

/** IPv6 addresses stand in brackets before a port. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** The first part of the body; the rest is not waited for. */
async function collect(response: IncomingMessage): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of response) {
    pieces.push(piece as Buffer)
    bytes += (piece as Buffer).length
    if (bytes >= PROBE_BODY_BYTES_MAX) break
  }
  return Buffer.concat(pieces).subarray(0, PROBE_BODY_BYTES_MAX)
}

/** The kernel's reasons in the words that users know from Kubernetes. */
function words(error: NodeJS.ErrnoException): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ECONNRESET: 'read: connection reset by peer',
  }
  return known[error.code ?? ''] ?? error.message
}
