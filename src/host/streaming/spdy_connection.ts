import type { Duplex } from 'node:stream'
import { dataFrame, pingFrame, type SpdyFrame, SpdyParser, synStream } from './spdy_frames.ts'

/** What one stream brings. `ended` comes once: the other side will send no more on it. */
export interface SpdyStreamSink {
  data(chunk: Uint8Array): void
  ended(): void
}

export interface SpdyStream {
  /** False when the socket is full: hold back until `onDrain`. */
  write(chunk: Uint8Array): boolean
  /** Half-closes: the other side sees the end of input. */
  end(): void
}

/** The client side of one SPDY connection over a socket that has been upgraded already. */
export class SpdyConnection {
  readonly #socket: Duplex
  readonly #parser = new SpdyParser()
  readonly #sinks = new Map<number, SpdyStreamSink>()
  #nextStream = 1

  constructor(socket: Duplex, onClose: () => void) {
    this.#socket = socket
    socket.on('data', (chunk: Uint8Array) => {
      for (const frame of this.#parser.push(chunk)) this.#take(frame)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const stream of [...this.#sinks.keys()]) this.#end(stream)
      onClose()
    })
  }

  open(headers: Readonly<Record<string, string>>, sink: SpdyStreamSink): SpdyStream {
    const id = this.#nextStream
    this.#nextStream += 2
    this.#sinks.set(id, sink)
    this.#socket.write(synStream(id, headers, id === 1))
    let ended = false
    return {
      write: (chunk) => ended || this.#socket.write(dataFrame(id, chunk, false)),
      end: () => {
        if (!ended) this.#socket.write(dataFrame(id, new Uint8Array(0), true))
        ended = true
      },
    }
  }

  /** Stops reading, so that the other side is held back as well. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  onDrain(run: () => void): void {
    this.#socket.on('drain', run)
  }

  close(): void {
    this.#socket.end()
    this.#socket.destroy()
  }

  #take(frame: SpdyFrame): void {
    switch (frame.type) {
      case 'data':
        if (frame.data.length > 0) this.#sinks.get(frame.stream)?.data(frame.data)
        if (frame.fin) this.#end(frame.stream)
        return
      case 'reply':
        if (frame.fin) this.#end(frame.stream)
        return
      case 'reset':
        this.#end(frame.stream)
        return
      case 'ping':
        this.#socket.write(pingFrame(frame.id))
        return
      case 'goaway':
        this.close()
    }
  }

  #end(stream: number): void {
    const sink = this.#sinks.get(stream)
    this.#sinks.delete(stream)
    sink?.ended()
  }
}
