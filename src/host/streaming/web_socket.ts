import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { BEARER_PROTOCOL } from '../../api/tunnel_options.ts'
import type { HttpSink, MessageForm } from '../../server/http/http_types.ts'
import type { Upgrade } from '../../server/http/streaming_port.ts'

const acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false })

/** Whether a connection is to become one of messages. */
export const isWebSocket = ({ headers }: Pick<Upgrade, 'headers'>): boolean =>
  (headers['upgrade'] ?? '').toLowerCase() === 'websocket'

/** The names in a header of several. */
export const listOf = (header: string | undefined): string[] =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** Answers `101` and resolves with the connection of messages; '' agrees on no protocol. */
export function acceptWebSocket(upgrade: Upgrade, protocol: string): Promise<WebSocket> {
  const { 'sec-websocket-protocol': _, ...others } = upgrade.headers
  const headers = protocol === '' ? others : { ...others, 'sec-websocket-protocol': protocol }
  const request = { method: 'GET', url: '/', headers } as unknown as IncomingMessage
  return new Promise((resolve) => {
    acceptor.handleUpgrade(request, upgrade.socket as unknown as Duplex, Buffer.from(upgrade.head), (client) => {
      client.on('error', () => client.terminate())
      resolve(client)
    })
  })
}

/**
 * Sends a streamed answer as messages. What the client sends is not read; when it goes away the socket closes, which ends the
 * answer's source.
 */
export async function answerInMessages(upgrade: Upgrade, { body, messages }: MessageAnswer): Promise<void> {
  const client = await acceptWebSocket(upgrade, chosenOf(upgrade.headers['sec-websocket-protocol']))
  const binary = messages.type === 'binary'
  if (messages.greets === true) client.send(new Uint8Array(), { binary })
  body({
    write(chunk) {
      for (const message of messages.messagesOf(chunk)) client.send(message, { binary })
      return client.bufferedAmount
    },
    end: () => client.close(NORMAL_END),
    waiting: () => client.bufferedAmount,
    abort: () => client.terminate(),
  })
}

const NORMAL_END = 1000

interface MessageAnswer {
  readonly body: (sink: HttpSink) => void
  readonly messages: MessageForm
}

/** Whatever a client offers first is agreed to: the form of the messages does not depend on it, but for a log's. */
const chosenOf = (offered: string | undefined): string => {
  const names = listOf(offered).filter((name) => !name.startsWith(BEARER_PROTOCOL))
  return names.find((name) => name.endsWith('binary.k8s.io')) ?? names[0] ?? ''
}
