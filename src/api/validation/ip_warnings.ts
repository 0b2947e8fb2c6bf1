import { isIPv6 } from './addresses.ts'

/** An IPv6 address as RFC 5952 writes it: lower case, the longest run of zeros left out. */
export function canonicalIPv6(address: string): string {
  const host = new URL(`http://[${address}]/`).hostname
  return host.slice(1, -1)
}

/** Two spellings of one address make two addresses for whoever compares texts. */
export function nonCanonicalIpWarnings(address: string, field: string): string[] {
  if (!isIPv6(address)) return []
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return [`${field}: non-standard IP address "${address}" is invalid: use "${mapped}"`]
  const canonical = canonicalIPv6(address)
  if (canonical === address) return []
  return [`${field}: IPv6 address "${address}" should be in RFC 5952 canonical format ("${canonical}")`]
}
