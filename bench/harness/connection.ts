import { connect, type TLSSocket } from 'node:tls'

/** Where a server is and how to be let in. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

const HEAD_END = '\r\n\r\n'

/**
 * One kept connection, HTTP/1.1 by hand: `node:https` as a client costs more than the servers that are measured.
 * One request at a time.
 */
export class Connection {
  #socket: TLSSocket
  #take: (chunk: Buffer) => void = () => {}
  #fail: (error: Error) => void = () => {}

  static open(target: Target): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: target.host,
        port: target.port,
        ca: target.authority,
        cert: target.certificate,
        key: target.key,
        servername: 'localhost',
      })
      socket.once('error', reject)
      socket.once('secureConnect', () => {
        socket.setNoDelay(true)
        socket.off('error', reject)
        resolve(new Connection(socket))
      })
    })
  }

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  /** Sends a request and answers the whole response. @throws Error on a status of 300 or more */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await this.ask(method, path, options)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.subarray(0, 500)}`)
    return answer
  }

  /** Sends a request and answers the whole response, whatever its status. */
  ask(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const response = new ResponseParser((answer) => {
        this.#fail = () => {}
        resolve(answer)
      })
      this.#fail = reject
      this.#take = (chunk) => response.take(chunk)
      this.#socket.write(requestText(method, path, options))
    })
  }

  /** Starts a watch; `take` gets its bytes as they come. Resolves when the response has begun. */
  watch(path: string, take: (chunk: Buffer) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject
      this.#take = (chunk) => {
        this.#take = take
        if (!chunk.subarray(0, 15).toString('latin1').includes(' 200')) reject(new Error(chunk.toString()))
        const rest = chunk.indexOf(HEAD_END) + HEAD_END.length
        if (rest < chunk.length) take(chunk.subarray(rest))
        resolve()
      }
      this.#socket.write(requestText('GET', path, {}))
    })
  }

  close(): void {
    this.#fail = () => {}
    this.#socket.destroy()
  }
}

export interface RequestOptions {
  readonly body?: string
  readonly type?: string
  readonly accept?: string
}

function requestText(method: string, path: string, { body, type, accept }: RequestOptions): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept ?? 'application/json'}\r\n`
  if (body === undefined) return `${head}\r\n`
  const length = Buffer.byteLength(body)
  return `${head}Content-Type: ${type ?? 'application/json'}\r\nContent-Length: ${length}\r\n\r\n${body}`
}

/** Collects one response, by its length or in chunks. */
class ResponseParser {
  readonly #done: (answer: Answer) => void
  #parts: Buffer[] = []
  #size = 0
  #status = 0
  #bodyStart = 0
  /** Undefined until the head is there; NaN for a body in chunks. */
  #length: number | undefined

  constructor(done: (answer: Answer) => void) {
    this.#done = done
  }

  take(chunk: Buffer): void {
    this.#parts.push(chunk)
    this.#size += chunk.length
    if (this.#length === undefined && !this.#readHead()) return
    if (Number.isNaN(this.#length)) {
      if (chunk.subarray(-5).toString('latin1') !== '0\r\n\r\n' && !this.#endsInPieces()) return
      this.#done({ status: this.#status, body: unchunk(this.#all().subarray(this.#bodyStart)) })
    } else if (this.#size - this.#bodyStart >= (this.#length ?? 0)) {
      this.#done({ status: this.#status, body: this.#all().subarray(this.#bodyStart) })
    }
  }

  /** The last chunk's mark may arrive in two pieces. */
  #endsInPieces(): boolean {
    const last = this.#parts.at(-1)
    return last !== undefined && last.length < 5 && this.#all().subarray(-5).toString('latin1') === '0\r\n\r\n'
  }

  #readHead(): boolean {
    const all = this.#all()
    const end = all.indexOf(HEAD_END)
    if (end < 0) return false
    const head = all.subarray(0, end).toString('latin1')
    this.#bodyStart = end + HEAD_END.length
    this.#status = Number(head.slice(9, 12))
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    this.#length = length === undefined ? Number.NaN : Number(length)
    return true
  }

  #all(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)]
    return this.#parts[0] ?? Buffer.alloc(0)
  }
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    if (!(size > 0)) break
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}
