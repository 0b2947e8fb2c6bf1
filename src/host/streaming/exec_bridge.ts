import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { CHANNEL, type ChannelSocket } from './channels.ts'
import { resultIn } from './protocols.ts'
import { SpdyConnection, type SpdyStream, type SpdyStreamSink } from './spdy_connection.ts'

/** Which of a container's streams the client asked for, and how. */
export interface StreamSelection {
  /** How the client's channels are numbered; '' when it named nothing. */
  readonly protocol: string
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

const LOST_CONNECTION = {
  metadata: {},
  status: 'Failure',
  message: 'the connection to the container was lost',
  reason: 'InternalError',
  code: 500,
}

/**
 * Connects a client's channels with a container's SPDY streams (protocol v4). The result of the
 * command, which comes on the error stream, is passed on last: a client stops reading when it has it,
 * and output must not be lost.
 */
export function bridgeExec(client: ChannelSocket, container: Duplex, wanted: StreamSelection): void {
  const result: Uint8Array[] = []
  let open = 0
  let finished = false
  const finish = () => {
    if (finished) return
    finished = true
    const status = result.length > 0 ? Buffer.concat(result) : Buffer.from(JSON.stringify(LOST_CONNECTION))
    const told = resultIn(wanted.protocol, status)
    if (told !== undefined) client.send(CHANNEL.error, told)
    client.close()
    connection.close()
  }
  const connection = new SpdyConnection(container, finish)
  const receiving = (take: (chunk: Uint8Array) => void): SpdyStreamSink => {
    open += 1
    return {
      data: take,
      ended: () => {
        open -= 1
        if (open === 0) finish()
      },
    }
  }
  const toClient = (channel: number) => receiving((chunk) => client.send(channel, chunk) || connection.pause())
  const silent: SpdyStreamSink = { data: () => {}, ended: () => {} }

  connection.open(
    { streamtype: 'error' },
    receiving((chunk) => result.push(chunk)),
  )
  const stdin = wanted.stdin ? connection.open({ streamtype: 'stdin' }, silent) : undefined
  if (wanted.stdout) connection.open({ streamtype: 'stdout' }, toClient(CHANNEL.stdout))
  if (wanted.stderr && !wanted.tty) connection.open({ streamtype: 'stderr' }, toClient(CHANNEL.stderr))
  const resize = wanted.tty ? connection.open({ streamtype: 'resize' }, silent) : undefined

  client.onDrain(() => connection.resume())
  connection.onDrain(() => client.resume())
  client.onClose(() => connection.close())
  client.onMessage((channel, data) => fromClient({ client, stdin, resize }, channel, data))
  // Tells the client that everything is connected before the first output comes.
  client.send(wanted.stdout ? CHANNEL.stdout : CHANNEL.error, new Uint8Array(0))
}

interface Inputs {
  readonly client: ChannelSocket
  readonly stdin: SpdyStream | undefined
  readonly resize: SpdyStream | undefined
}

function fromClient({ client, stdin, resize }: Inputs, channel: number, data: Buffer): void {
  if (channel === CHANNEL.stdin && data.length > 0 && stdin?.write(data) === false) client.pause()
  if (channel === CHANNEL.resize) resize?.write(data)
  if (channel === CHANNEL.close && data[0] === CHANNEL.stdin) stdin?.end()
}
