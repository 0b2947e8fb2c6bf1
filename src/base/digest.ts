import { createHash } from 'node:crypto'

/** The SHA-256 of some bytes in capital hexadecimal digits: names content, so that it can be cached for good. */
export const contentHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').toUpperCase()
