import { base64FromBytes } from '../../base/base64.ts'
import { type MessageForm, utf8 } from './http_types.ts'

const NEWLINE = 10
const LENGTH_BYTES = 4

/** Events in JSON end with a line each; a message is such a line with its end. */
export const EVENTS_AS_TEXTS: MessageForm = { type: 'text', messagesOf: linesOf }

/** Events in protobuf begin with their length, which a message does without. */
export const EVENTS_AS_BYTES: MessageForm = { type: 'binary', messagesOf: measuredOf }

const BYTES: MessageForm = { type: 'binary', messagesOf: (piece) => [piece], greets: true }
const BASE64: MessageForm = { type: 'text', messagesOf: (piece) => [utf8(base64FromBytes(piece))], greets: true }

/** A log comes as bytes, or as their base64 for clients that can only read texts. */
export const logForm = (protocols: string | undefined): MessageForm =>
  (protocols ?? '').split(',').some((name) => name.trim() === 'base64.binary.k8s.io') ? BASE64 : BYTES

function linesOf(piece: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let from = 0; from < piece.length; ) {
    const end = piece.indexOf(NEWLINE, from) + 1 || piece.length
    lines.push(piece.subarray(from, end))
    from = end
  }
  return lines
}

function measuredOf(piece: Uint8Array): Uint8Array[] {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength)
  const messages: Uint8Array[] = []
  for (let from = 0; from < piece.length; ) {
    const begin = from + LENGTH_BYTES
    from = begin + view.getUint32(from)
    messages.push(piece.subarray(begin, from))
  }
  return messages
}
