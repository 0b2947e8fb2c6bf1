/** A stretch of a container's log; the names are the query parameters of `pods/log`. */
export interface LogOptions {
  readonly container: string
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly limitBytes?: number
}

/** Receives a container's log. `write` returns how many bytes wait for the reader. */
export interface LogSink {
  write(chunk: Uint8Array): number
  end(error?: Error): void
}
