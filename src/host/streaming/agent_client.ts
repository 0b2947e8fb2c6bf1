import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { LogSink } from '../../api/container_log.ts'
import { ApiError, type Status } from '../../api/error.ts'
import type { ContainerLogRequest, ContainerStreamRequest } from '../../node/streams.ts'
import { http } from '../node_http.ts'
import { DIAL_PATH, type DialedAddress } from './agent_dial.ts'
import { REQUEST_HEADER } from './agent_door.ts'

const STATUS_BYTES_MAX = 64 * 1024
const OPEN_MS_MAX = 60_000

/** A pipe to a container's streaming protocol, already agreed on. */
export interface AgentPipe {
  readonly socket: Duplex
  /** Bytes that came with the agent's answer. */
  readonly head: Uint8Array
  /** The sub-protocol that the runtime chose. */
  readonly protocol: string
}

/** Opens a tunnel through a node's agent. @throws ApiError what the agent answered, or 503 if it is not there */
export async function openAgentPipe(
  socketPath: string,
  wanted: ContainerStreamRequest,
  protocols: readonly string[],
): Promise<AgentPipe> {
  const headers = { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': [...protocols] }
  return upgradeAtAgent(socketPath, { path: '/stream', wanted, headers })
}

/** Connects with an address inside a node's network, through its agent. @throws ApiError 503 when nobody listens there */
export async function dialThroughAgent(socketPath: string, address: DialedAddress): Promise<Duplex> {
  const { socket, head } = await upgradeAtAgent(socketPath, {
    path: DIAL_PATH,
    wanted: address,
    headers: { upgrade: 'tcp' },
  })
  if (head.length > 0) socket.unshift(Buffer.from(head))
  return socket
}

interface AgentUpgrade {
  readonly path: string
  readonly wanted: object
  readonly headers: Readonly<Record<string, string | string[]>>
}

function upgradeAtAgent(socketPath: string, { path, wanted, headers }: AgentUpgrade): Promise<AgentPipe> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      socketPath,
      path,
      method: 'POST',
      headers: { connection: 'Upgrade', ...headers, [REQUEST_HEADER]: encode(wanted) },
      timeout: OPEN_MS_MAX,
    })
    request.on('timeout', () => request.destroy(new Error('the node agent does not answer')))
    request.on('error', (error) => reject(agentGone(error)))
    request.on('upgrade', (response, socket, head) => {
      socket.setTimeout(0)
      socket.on('error', () => socket.destroy())
      resolve({ socket, head, protocol: String(response.headers['x-stream-protocol-version'] ?? '') })
    })
    request.on('response', (response) => void errorOf(response).then(reject))
    request.end()
  })
}

/** Reads a container's log through its node's agent into `sink`. @throws ApiError */
export function readAgentLog(
  socketPath: string,
  wanted: ContainerLogRequest,
  sink: LogSink,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, path: '/log', headers: { [REQUEST_HEADER]: encode(wanted) }, signal })
    request.on('error', (error) => (signal.aborted ? resolve() : reject(agentGone(error))))
    request.on('response', (response) => {
      if (response.statusCode !== 200) return void errorOf(response).then(reject)
      response.on('data', (chunk: Uint8Array) => sink.write(chunk))
      response.on('end', () => sink.end())
      response.on('error', (error) => sink.end(error))
      resolve()
    })
    request.end()
  })
}

const encode = (wanted: object) => Buffer.from(JSON.stringify(wanted), 'utf8').toString('base64url')

const agentGone = (cause: Error) =>
  new ApiError({
    code: 503,
    reason: 'ServiceUnavailable',
    message: `the node's agent cannot be reached: ${cause.message}`,
    cause,
  })

async function errorOf(response: IncomingMessage): Promise<ApiError> {
  let text = ''
  for await (const chunk of response) if (text.length < STATUS_BYTES_MAX) text += String(chunk)
  try {
    return ApiError.fromStatus(JSON.parse(text) as Partial<Status>, response.statusCode ?? 500)
  } catch {
    return new ApiError({ code: response.statusCode ?? 500, reason: 'InternalError', message: text })
  }
}
