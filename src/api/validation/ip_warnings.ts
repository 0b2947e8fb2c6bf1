import { isCidr, isIPv4, isIPv6 } from './addresses.ts'

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

/** A range should be named by its first address, and that be spelled as everybody spells it. */
export function nonCanonicalCidrWarnings(range: string, field: string): string[] {
  if (!isCidr(range)) return []
  const [address = '', bits = ''] = range.split('/')
  const first = isIPv4(address) ? firstOfRange(address, Number(bits)) : canonicalIPv6(address)
  if (first === address) return []
  if (!isIPv4(address)) {
    return [`${field}: IPv6 CIDR value "${range}" should be in RFC 5952 canonical format ("${first}/${bits}")`]
  }
  const alone = `${address}/32`
  return [`${field}: CIDR value "${range}" is ambiguous in this context (should be "${first}/${bits}" or "${alone}"?)`]
}

function firstOfRange(address: string, bits: number): string {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - bits)
  const first = Math.floor(value / size) * size
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')
}
