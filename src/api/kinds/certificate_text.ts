const BLOCK = /-----BEGIN ([^\n-]+)-----\r?\n([\s\S]*?)-----END \1-----/g
const HEADER = /^[^\s:]+: /
const BLOCK_TYPE = 'CERTIFICATE'

/** What is wrong with issued certificates, in Go's words; undefined when they can be read as far as is looked here. */
export function certificateFault(base64: string): string | undefined {
  const blocks = [...latin(base64).matchAll(BLOCK)]
  for (const [, type = '', body = ''] of blocks) {
    if (type !== BLOCK_TYPE) return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`
    if (HEADER.test(body)) return 'no PEM block headers are permitted'
    if (!isSequence(latin(body.replace(/\s/g, '')))) return 'x509: malformed certificate'
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}

function latin(base64: string): string {
  try {
    return atob(base64)
  } catch {
    return ''
  }
}

const SEQUENCE_TAG = 0x30
const LONG_FORM = 0x80

/** Whether the bytes are one DER sequence, as every certificate is; what stands in it is the signer's affair. */
function isSequence(bytes: string): boolean {
  if (bytes.charCodeAt(0) !== SEQUENCE_TAG) return false
  const first = bytes.charCodeAt(1)
  if (first < LONG_FORM) return bytes.length === 2 + first
  const size = first - LONG_FORM
  let length = 0
  for (let at = 2; at < 2 + size; at++) length = length * 256 + bytes.charCodeAt(at)
  return bytes.length === 2 + size + length
}
