import { WARNING_CHARS_MAX } from './limits.ts'

const NOT_PRINTABLE = /[\u0000-\u001f\u007f]/g

/** The texts as `Warning` headers of code 299; equal ones once, and no more than fit. */
export function warningHeaders(texts: readonly string[]): string[] {
  const headers: string[] = []
  let length = 0
  for (const text of new Set(texts)) {
    const clean = text.replace(NOT_PRINTABLE, ' ').replace(/[^\x20-\x7e]/g, '?')
    const header = `299 - "${clean.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    length += header.length
    if (length > WARNING_CHARS_MAX) break
    headers.push(header)
  }
  return headers
}
