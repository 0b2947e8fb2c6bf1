import type { BodyChunk } from '../../base/chunks.ts'

/** What the TLS layer knows of the client, if it showed a certificate that the client CA has signed. */
export interface ClientIdentity {
  readonly commonName: string
  readonly organizations: readonly string[]
  /** Hash of the certificate, in hexadecimal. */
  readonly fingerprint: string
}

/** One HTTP request as the server sees it; needs no socket. Header names are in lower case. */
export interface HttpRequest {
  readonly method: string
  /** The path, still percent-encoded, without the query. */
  readonly path: string
  /** The query without its `?`. */
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly client: ClientIdentity | undefined
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  /** Reads the whole body; rejects with an ApiError (413) when it is larger than the limit. */
  body(): Promise<Uint8Array>
  /** The body as it comes, without a limit, for what only passes through; instead of `body`. */
  chunks?(): AsyncIterable<Uint8Array>
}

export type HttpHeaders = Readonly<Record<string, string | readonly string[]>>

/** Where a streamed answer goes. */
export interface HttpSink {
  /** Returns how many bytes wait to be sent, so that a producer can give up on a slow reader. */
  write(chunk: Uint8Array): number
  end(): void
  /** How many bytes wait now. */
  waiting?(): number
  /** Calls back once when what waited has been sent; for a producer that can wait for a slow reader. */
  onceDrained?(listener: () => void): void
  /** Breaks the answer off, so that its reader does not take it for whole. */
  abort?(): void
}

/** How a streamed answer goes to a client that wants messages (WebSocket) instead of one long body. */
export interface MessageForm {
  readonly type: 'text' | 'binary'
  /** The messages that a piece of the body holds; a piece never ends within one. */
  readonly messagesOf: (piece: Uint8Array) => readonly Uint8Array[]
  /** An empty message goes first, so that the client knows that the answer has begun. */
  readonly greets?: boolean
}

/** A whole answer, or one that is streamed chunk by chunk after its headers have been sent. */
export interface HttpResponse {
  readonly status: number
  readonly headers: HttpHeaders
  readonly body: readonly BodyChunk[] | ((sink: HttpSink) => void)
  /** Absent: a WebSocket cannot carry this answer. */
  readonly messages?: MessageForm
}

export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>

const encoder = new TextEncoder()

export const utf8 = (text: string): Uint8Array => encoder.encode(text)
