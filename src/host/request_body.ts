import type { IncomingMessage } from 'node:http'
import { ApiError, tooManyRequests } from '../api/error.ts'

const BODY_BYTES_MAX = 3 * 1024 * 1024
/** What the bodies of all requests that are being answered may take together. */
const BODIES_BYTES_MAX = 128 * 1024 * 1024
/** Smaller bodies pass whatever large ones there are: a lease must not wait for somebody's uploads. */
const SMALL_BODY_BYTES_MAX = 64 * 1024

/** Memory for bodies, which both doors share. */
let taken = 0

/**
 * Collects the body, whether it says its length or comes in chunks, and no more of it than is allowed.
 * It counts until the request has been answered, which the signal tells.
 */
export function readBody(incoming: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return reject(tooLarge())
    const chunks: Uint8Array[] = []
    let length = 0
    let refused = false
    signal.addEventListener('abort', () => (taken -= length), { once: true })
    incoming.on('data', (chunk: Uint8Array) => {
      if (refused) return
      const fault = signal.aborted ? brokenOff() : faultOf(length + chunk.length)
      if (fault !== undefined) {
        refused = true
        chunks.length = 0
        return reject(fault)
      }
      chunks.push(chunk)
      length += chunk.length
      taken += chunk.length
    })
    incoming.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)))
    incoming.on('error', () => reject(brokenOff()))
    incoming.on('close', () => incoming.complete || reject(brokenOff()))
  })
}

function faultOf(length: number): ApiError | undefined {
  if (length > BODY_BYTES_MAX) return tooLarge()
  return length > SMALL_BODY_BYTES_MAX && taken > BODIES_BYTES_MAX ? tooManyRequests() : undefined
}

const tooLarge = (): ApiError =>
  new ApiError({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: limit is ${BODY_BYTES_MAX}`,
  })

const brokenOff = (): ApiError =>
  new ApiError({ code: 400, reason: 'BadRequest', message: 'the body of the request broke off' })
