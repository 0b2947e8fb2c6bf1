import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { dirname } from 'node:path'

/** Listens on a unix socket that only its owner may open; a stale socket file of a killed process is replaced. */
export async function listenUnixSocket(server: Server, path: string): Promise<{ close(): Promise<void> }> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  rmSync(path, { force: true })
  // Upgraded connections are nobody's but ours: the server does not end them when it closes.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
  chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
