/** The part of the package `dns-packet`, which carries no types of its own, that is in use here. */
declare module 'dns-packet' {
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

  export const TRUNCATED_RESPONSE: number
  export function decode(message: Uint8Array): DnsPacket
  export function encode(packet: DnsPacket): Buffer
}
