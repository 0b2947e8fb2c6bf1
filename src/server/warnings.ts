import { apiVersionOf } from '../api/resource.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import { WARNING_CHARS_MAX } from './limits.ts'

/** Every request for one of these is warned about, also one that fails. */
const DEPRECATED: Readonly<Record<string, string>> = {
  'v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  'v1/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
}

/** What is said to whoever uses a resource at all. */
export function deprecationsOf({ ref }: ResourceFacts): string[] {
  const text = DEPRECATED[`${apiVersionOf(ref)}/${ref.resource}`]
  return text === undefined ? [] : [text]
}

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
