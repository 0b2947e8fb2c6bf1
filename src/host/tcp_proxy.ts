import { connect, createServer, type Server, type Socket } from 'node:net'

/** Passes connections on as they are; TLS goes through it end to end. */
export interface TcpProxy {
  close(): Promise<void>
}

/** A unix socket, or a host and port. */
export type ProxyTarget = { readonly path: string } | { readonly host: string; readonly port: number }

/**
 * Listens inside this process's network (the node's) and passes every connection on: so pods reach
 * the API server, which listens on a unix socket, under the address of the service `kubernetes`.
 *
 * @throws Error when the address is in use
 */
export async function openTcpProxy(options: {
  readonly host: string
  readonly port: number
  readonly target: ProxyTarget
}): Promise<TcpProxy> {
  const open = new Set<Socket>()
  // Half-open connections are passed on half by half: a client may end its request and still read.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => join(client, options.target, open))
  await listen(server, options.host, options.port)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

function join(client: Socket, target: ProxyTarget, open: Set<Socket>): void {
  const upstream = connect({ ...target, allowHalfOpen: true })
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    open.add(socket)
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      open.delete(socket)
      // After an orderly end both are closed already; after anything else the other side must know.
      if (socket.errored !== null) other.destroy()
    })
    socket.pipe(other)
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
