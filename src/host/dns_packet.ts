// @ts-expect-error The package carries no types; those below are the part of it that is in use here.
import dnsPacket from 'dns-packet'

export interface DnsQuestion {
  readonly name: string
  /** `A`, `AAAA`, `SRV`, `PTR`, … */
  readonly type: string
  readonly class?: string
}

/** `data` is as `dns-packet` documents it for each type: a text for A, an object for SRV and SOA. */
export interface DnsRecord {
  readonly name: string
  readonly type: string
  readonly class?: string
  readonly ttl?: number
  readonly data?: unknown
  readonly flush?: boolean
  /** Of the pseudo-record OPT (EDNS). */
  readonly udpPayloadSize?: number
}

export interface DnsPacket {
  readonly type?: 'query' | 'response'
  readonly id?: number
  readonly flags?: number
  readonly questions?: readonly DnsQuestion[]
  readonly answers?: readonly DnsRecord[]
  readonly authorities?: readonly DnsRecord[]
  readonly additionals?: readonly DnsRecord[]
}

interface Codec {
  /** The flag bit of an answer that was cut. */
  readonly TRUNCATED_RESPONSE: number
  /** @throws RangeError when the message is cut short */
  decode(message: Uint8Array): DnsPacket
  encode(packet: DnsPacket): Buffer
}

export const { TRUNCATED_RESPONSE, decode, encode } = dnsPacket as Codec
