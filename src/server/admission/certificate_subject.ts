/** One element of DER: its tag, and where its content is. */
interface Element {
  readonly tag: number
  readonly start: number
  readonly end: number
}

/** `O` of a subject: 2.5.4.10. */
const ORGANIZATION = [0x55, 0x04, 0x0a]

/** The organizations that the subject of a certificate request names: groups, for a cluster. Empty when it cannot be read. */
export function organizationsOf(request: string): string[] {
  const bytes = derOf(request)
  if (bytes === undefined) return []
  const [info] = children(bytes, first(bytes))
  const subject = children(bytes, info)[1]
  const attributes = children(bytes, subject).flatMap((set) => children(bytes, set))
  return attributes.flatMap((attribute) => {
    const [type, value] = children(bytes, attribute)
    if (type === undefined || value === undefined || !isOrganization(bytes, type)) return []
    return [new TextDecoder().decode(bytes.subarray(value.start, value.end))]
  })
}

const isOrganization = (bytes: Uint8Array, { start, end }: Element): boolean =>
  end - start === ORGANIZATION.length && ORGANIZATION.every((byte, at) => bytes[start + at] === byte)

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))

/** A PEM text, itself in base64, to the bytes that it wraps. */
function derOf(request: string): Uint8Array | undefined {
  try {
    const body = /-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(new TextDecoder().decode(bytesOf(request)))
    return body?.[1] === undefined ? undefined : bytesOf(body[1].replaceAll(/\s/g, ''))
  } catch {
    return undefined
  }
}

const first = (bytes: Uint8Array): Element | undefined => elementAt(bytes, 0, bytes.length)

function children(bytes: Uint8Array, parent: Element | undefined): Element[] {
  const found: Element[] = []
  let at = parent?.start ?? 0
  while (parent !== undefined && at < parent.end) {
    const one = elementAt(bytes, at, parent.end)
    if (one === undefined) return found
    found.push(one)
    at = one.end
  }
  return found
}

/** Lengths below 128 are one byte; others say first how many bytes they have. */
function elementAt(bytes: Uint8Array, at: number, limit: number): Element | undefined {
  const [tag, short] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || short === undefined) return undefined
  const more = short < 0x80 ? 0 : short & 0x7f
  let length = short < 0x80 ? short : 0
  for (let index = 0; index < more; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0)
  const start = at + 2 + more
  return start + length > limit ? undefined : { tag, start, end: start + length }
}
