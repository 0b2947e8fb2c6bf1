// @ts-expect-error The package carries no types; those below are the part of it that is in use here.
import dnsPacket from 'dns-packet'
import type { DnsQuestion, DnsRecord } from '../network/dns/answer.ts'

/** A record as it travels. */
export interface PacketRecord extends DnsRecord {
  readonly flush?: boolean
  /** Of the pseudo-record OPT (EDNS). */
  readonly udpPayloadSize?: number
}

export interface DnsPacket {
  readonly type?: 'query' | 'response'
  readonly id?: number
  readonly flags?: number
  readonly questions?: readonly DnsQuestion[]
  readonly answers?: readonly PacketRecord[]
  readonly authorities?: readonly PacketRecord[]
  readonly additionals?: readonly PacketRecord[]
}

interface Codec {
  /** The flag bit of an answer that was cut. */
  readonly TRUNCATED_RESPONSE: number
  /** @throws RangeError when the message is cut short */
  decode(message: Uint8Array): DnsPacket
  encode(packet: DnsPacket): Buffer
}

export const { TRUNCATED_RESPONSE, decode, encode } = dnsPacket as Codec
