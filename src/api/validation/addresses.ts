import { type FieldError, invalid } from '../field_error.ts'

const IPV4_PART = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const IPV4 = new RegExp(`^${IPV4_PART}(\\.${IPV4_PART}){3}$`)
const GROUP = /^[0-9a-fA-F]{1,4}$/
const IPV6_GROUPS = 8

export const IP_FAULT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
export const CIDR_FAULT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

export const isIPv4 = (text: string): boolean => IPV4.test(text)

export function isIPv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2 || !text.includes(':')) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)
  const endsInIPv4 = last !== undefined && isIPv4(last)
  const plain = endsInIPv4 ? groups.slice(0, -1) : groups
  if (!plain.every((group) => GROUP.test(group))) return false
  const count = plain.length + (endsInIPv4 ? 2 : 0)
  return halves.length === 2 ? count < IPV6_GROUPS : count === IPV6_GROUPS
}

export const isIP = (text: string): boolean => isIPv4(text) || isIPv6(text)

/** An address and the length of its prefix: `10.0.0.0/24`. */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/')
  if (rest.length > 0 || !/^[0-9]{1,3}$/.test(bits)) return false
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128)
}

/** An IPv4 address whose parts have leading zeros: some read it as octal. */
const hasLeadingZeros = (text: string): boolean =>
  !isIPv4(text) && /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(text) && isIPv4(text.replace(/\b0+(?=[0-9])/g, ''))

/** The form of a text that is an address. */
export function ipForm(address: string): string[] {
  if (isIP(address)) return []
  return [hasLeadingZeros(address) ? 'must not have leading 0s' : IP_FAULT]
}

/** What is wrong with an address. */
export const ipErrors = (text: string | undefined, field: string): FieldError[] =>
  ipForm(text ?? '').map((fault) => invalid(field, text ?? '', fault))

/** What is wrong with a range of addresses. */
export function cidrErrors(text: string, field: string): FieldError[] {
  if (isCidr(text)) return []
  const [address = '', bits = ''] = text.split('/')
  const zeros = hasLeadingZeros(address) || (/^0[0-9]+$/.test(bits) && isIP(address))
  return [invalid(field, text, zeros ? 'must not have leading 0s in IP or prefix length' : CIDR_FAULT)]
}

/** The bits of an address, as text: `1` and `0` by place. */
function bitsOf(address: string): string {
  const bits = (value: number, width: number) => value.toString(2).padStart(width, '0')
  if (isIPv4(address))
    return address
      .split('.')
      .map((each) => bits(Number(each), 8))
      .join('')
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail = ''] = plain.split('::')
  const [before, after] = [head, tail].map((half) => (half === '' ? [] : half.split(':')))
  const zeros = IPV6_GROUPS - (before?.length ?? 0) - (after?.length ?? 0)
  const groups = [...(before ?? []), ...Array<string>(Math.max(0, zeros)).fill('0'), ...(after ?? [])]
  return groups.map((group) => bits(Number.parseInt(group, 16), 16)).join('')
}

/** Whether a range is a part of another, and not all of it. */
export function isWithin(range: string, outer: string): boolean {
  const [address = '', length = ''] = range.split('/')
  const [outerAddress = '', outerLength = ''] = outer.split('/')
  if (isIPv4(address) !== isIPv4(outerAddress) || Number(outerLength) >= Number(length)) return false
  return bitsOf(address).slice(0, Number(outerLength)) === bitsOf(outerAddress).slice(0, Number(outerLength))
}
