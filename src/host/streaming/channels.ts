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

/** A WebSocket seen as numbered channels. */
export function channelSocket(socket: WebSocket): ChannelSocket {
  let drained = () => {}
  return {
    send: (channel, data) => {
      if (socket.readyState !== socket.OPEN) return true
      socket.send(Buffer.concat([Uint8Array.of(channel), data]), { binary: true }, () => {
        if (socket.bufferedAmount < WAITING_BYTES_MAX) drained()
      })
      return socket.bufferedAmount < WAITING_BYTES_MAX
    },
    onMessage: (take) =>
      socket.on('message', (message: Buffer) => {
        const channel = message[0]
        if (channel !== undefined) take(channel, message.subarray(1))
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
