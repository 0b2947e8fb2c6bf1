import type { WebSocket } from 'ws'

/** The channels of `v5.channel.k8s.io`: the first byte of each binary message. */
export const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/** How much may wait for a slow client before its container's output is held back. */
const WAITING_BYTES_MAX = 256 * 1024

export interface ChannelSocket {
  /** False when the client is slow: hold back until `onDrain`. */
  send(channel: number, data: Uint8Array): boolean
  onMessage(take: (channel: number, data: Buffer) => void): void
  onDrain(run: () => void): void
  onClose(run: () => void): void
  pause(): void
  resume(): void
  close(): void
}

/** How a channel and its bytes become one message: a byte and bytes, or a digit and text for clients that take no bytes. */
interface Messages {
  write(channel: number, data: Uint8Array): Buffer | string
  read(message: Buffer): { readonly channel: number; readonly data: Buffer }
}

const BINARY: Messages = {
  write: (channel, data) => Buffer.concat([Uint8Array.of(channel), data]),
  read: (message) => ({ channel: message[0] ?? 0, data: message.subarray(1) }),
}

const ZERO = 48
const BASE64: Messages = {
  write: (channel, data) => String.fromCharCode(ZERO + channel) + Buffer.from(data).toString('base64'),
  read: (message) => ({
    channel: (message[0] ?? ZERO) - ZERO,
    data: Buffer.from(message.toString('latin1', 1), 'base64'),
  }),
}

/** A WebSocket seen as numbered channels. */
export function channelSocket(socket: WebSocket): ChannelSocket {
  let drained = () => {}
  const messages = socket.protocol.includes('base64') ? BASE64 : BINARY
  return {
    send: (channel, data) => {
      if (socket.readyState !== socket.OPEN) return true
      const message = messages.write(channel, data)
      socket.send(message, { binary: typeof message !== 'string' }, () => {
        if (socket.bufferedAmount < WAITING_BYTES_MAX) drained()
      })
      return socket.bufferedAmount < WAITING_BYTES_MAX
    },
    onMessage: (take) =>
      socket.on('message', (message: Buffer) => {
        if (message.length === 0) return
        const { channel, data } = messages.read(message)
        take(channel, data)
      }),
    onDrain: (run) => {
      drained = run
    },
    onClose: (run) => socket.on('close', run),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.close(1000),
  }
}
