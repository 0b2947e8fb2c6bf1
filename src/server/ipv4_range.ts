import { assert } from '../base/assert.ts'

/** A block of IPv4 addresses. */
export interface Ipv4Range {
  readonly first: number
  /** How many addresses the block has, network and broadcast included. */
  readonly size: number
}

/** `10.96.0.1` as a number; undefined for what is no IPv4 address. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

export const formatIpv4 = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

export function parseIpv4Range(cidr: string): Ipv4Range {
  const [address = '', prefix = ''] = cidr.split('/')
  const number = parseIpv4(address)
  assert(number !== undefined && /^\d{1,2}$/.test(prefix), `${cidr} is no block of IPv4 addresses`)
  const size = 2 ** (32 - Number(prefix))
  return { first: Math.floor(number / size) * size, size }
}

/** Whether an address can be given out: inside the block, and neither its network nor its broadcast address. */
export const isAssignable = ({ first, size }: Ipv4Range, address: number): boolean =>
  address > first && address < first + size - 1
