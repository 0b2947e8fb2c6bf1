import type { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { ApiError } from '../../api/error.ts'
import type { Pod } from '../../api/types.ts'
import type { ContainerStreamRequest } from '../../node/streams.ts'
import type { StreamingPort, TunnelRequest, Upgrade } from '../../server/http/streaming_port.ts'
import { type AgentPipe, openAgentPipe, readAgentLog } from './agent_client.ts'
import { channelSocket } from './channels.ts'
import { bridgeExec } from './exec_bridge.ts'
import { bridgeForward, checkPorts } from './forward_bridge.ts'
import { execProtocolOf, forwardProtocolOf, TUNNEL_PROTOCOL } from './protocols.ts'
import { acceptWebSocket, isWebSocket, listOf } from './web_socket.ts'

const FORWARD_PROTOCOL = 'portforward.k8s.io'
/** What containers' streams speak when this server is the client. */
const RUNTIME_EXEC_PROTOCOL = 'v4.channel.k8s.io'

/**
 * kubectl 1.30 to 1.33 reads its socket before it knows its own streams, and throws away what comes
 * that early (kubernetes/kubernetes#131189). A server behind a real network is never that fast.
 */
const CLIENT_READY_MS = 25

/** Connects clients with containers: WebSocket is translated here, SPDY passes through untouched. */
export function createStreamingPort(agentSocketOf: (nodeName: string) => string): StreamingPort {
  return {
    log: (pod, options, sink, signal) =>
      readAgentLog(agentSocketOf(nodeOf(pod)), { pod: identityOf(pod), ...options }, sink, signal),
    tunnel: (request, upgrade) => {
      const open = (protocols: readonly string[]) =>
        openAgentPipe(agentSocketOf(nodeOf(request.pod)), wantedOf(request), protocols)
      return isWebSocket(upgrade) ? tunnelWebSocket(request, upgrade, open) : tunnelSpdy(upgrade, open)
    },
  }
}

type OpenPipe = (protocols: readonly string[]) => Promise<AgentPipe>

async function tunnelSpdy(upgrade: Upgrade, open: OpenPipe): Promise<void> {
  const protocols = listOf(upgrade.headers['x-stream-protocol-version'])
  const pipe = await open(protocols)
  const socket = upgrade.socket as unknown as Duplex
  const chosen = pipe.protocol === '' ? '' : `X-Stream-Protocol-Version: ${pipe.protocol}\r\n`
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${chosen}\r\n`)
  joinPipe(pipe, upgrade.head, socket)
}

async function tunnelWebSocket(request: TunnelRequest, upgrade: Upgrade, open: OpenPipe): Promise<void> {
  const offered = listOf(upgrade.headers['sec-websocket-protocol'])
  if (request.kind === 'portforward') return forwardPorts({ request, upgrade, offered }, open)
  const protocol = execProtocolOf(offered)
  const pipe = await open([RUNTIME_EXEC_PROTOCOL])
  const client = await acceptWebSocket(upgrade, protocol)
  client.pause()
  await new Promise((resume) => setTimeout(resume, CLIENT_READY_MS))
  if (pipe.head.length > 0) pipe.socket.unshift(pipe.head)
  client.resume()
  bridgeExec(channelSocket(client), pipe.socket, { ...request, protocol })
}

interface Forwarding {
  readonly request: TunnelRequest
  readonly upgrade: Upgrade
  readonly offered: readonly string[]
}

async function forwardPorts({ request, upgrade, offered }: Forwarding, open: OpenPipe): Promise<void> {
  const protocol = forwardProtocolOf(offered)
  if (protocol !== TUNNEL_PROTOCOL) checkPorts(request.ports)
  const pipe = await open([FORWARD_PROTOCOL])
  const client = await acceptWebSocket(upgrade, protocol)
  if (protocol === TUNNEL_PROTOCOL) return joinMessages(client, pipe)
  if (pipe.head.length > 0) pipe.socket.unshift(pipe.head)
  bridgeForward(channelSocket(client), pipe.socket, request.ports)
}

/** Bytes go through as they are, in both directions, until one side closes. */
function joinPipe(pipe: AgentPipe, head: Uint8Array, socket: Duplex): void {
  if (head.length > 0) pipe.socket.write(head)
  if (pipe.head.length > 0) socket.write(pipe.head)
  socket.on('error', () => socket.destroy())
  socket.pipe(pipe.socket).pipe(socket)
  socket.on('close', () => pipe.socket.destroy())
  pipe.socket.on('close', () => socket.end())
}

function joinMessages(client: WebSocket, pipe: AgentPipe): void {
  const toClient = (chunk: Uint8Array) => client.send(chunk, { binary: true }, () => pipe.socket.resume())
  if (pipe.head.length > 0) toClient(pipe.head)
  pipe.socket.on('data', (chunk: Uint8Array) => {
    toClient(chunk)
    if (client.bufferedAmount > 0) pipe.socket.pause()
  })
  pipe.socket.on('close', () => client.close(1000))
  pipe.socket.on('drain', () => client.resume())
  client.on('message', (message: Buffer) => {
    if (!pipe.socket.write(message)) client.pause()
  })
  client.on('close', () => pipe.socket.destroy())
}

const identityOf = (pod: Pod) => ({
  namespace: pod.metadata.namespace ?? '',
  name: pod.metadata.name,
  uid: pod.metadata.uid,
})

function nodeOf(pod: Pod): string {
  const node = pod.spec.nodeName
  if (node === undefined || node === '') {
    throw new ApiError({
      code: 400,
      reason: 'BadRequest',
      message: `pod ${pod.metadata.name} does not have a host assigned`,
    })
  }
  return node
}

const wantedOf = ({ pod, ...options }: TunnelRequest): ContainerStreamRequest => ({ pod: identityOf(pod), ...options })
