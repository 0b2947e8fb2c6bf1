import { resolveForward } from './forward_lookup.ts'
import { resolveReverse } from './reverse_lookup.ts'
import type { ZoneState } from './zone.ts'

export interface DnsQuestion {
  readonly name: string
  /** `A`, `AAAA`, `SRV`, `PTR`, … */
  readonly type: string
  readonly class?: string
}

/** `data` is as the package `dns-packet` documents it for each type: a text for A, an object for SRV and SOA. */
export interface DnsRecord {
  readonly name: string
  readonly type: string
  readonly class?: string
  readonly ttl?: number
  readonly data?: unknown
}

export interface DnsQuery {
  readonly questions?: readonly DnsQuestion[]
}

export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED'
  readonly authoritative: boolean
  readonly answers: readonly DnsRecord[]
  readonly authorities?: readonly DnsRecord[]
  readonly additionals?: readonly DnsRecord[]
}

/** What a lookup found: undefined means that the name does not exist, an empty list that it has nothing of this type. */
export type Found = { readonly answers: readonly DnsRecord[]; readonly additionals?: readonly DnsRecord[] } | undefined

/** Short, so that a client sees a change of a pod's address soon. */
export const RECORD_TTL_SECONDS = 5
/** A name that is missing now may come any moment: a pod that becomes ready. */
const NEGATIVE_TTL_SECONDS = 1

/**
 * Answers one query from the cluster's state. Names are compared without regard to case and given
 * back as they were asked. Names outside the cluster do not exist here: nothing is forwarded, and a
 * refusal would make some resolvers give up before they have tried their whole search list.
 */
export function answerQuery(state: ZoneState, query: DnsQuery): DnsAnswer {
  const [question] = query.questions ?? []
  if (question === undefined || query.questions?.length !== 1) return failure('FORMERR')
  if (question.class !== undefined && question.class !== 'IN') return failure('NOTIMP')
  const name = question.name.toLowerCase().replace(/\.$/, '')
  if (isReverseName(name))
    return zoneAnswer(state, reverseZone(name), resolveReverse(state, { ...question, name }), question)
  const { clusterDomain } = state
  if (name !== clusterDomain && !name.endsWith(`.${clusterDomain}`)) return OUTSIDE
  return zoneAnswer(state, clusterDomain, resolveForward(state, { ...question, name }), question)
}

const isReverseName = (name: string): boolean => name.endsWith('.in-addr.arpa') || name.endsWith('.ip6.arpa')
const reverseZone = (name: string): string => (name.endsWith('.ip6.arpa') ? 'ip6.arpa' : 'in-addr.arpa')

const OUTSIDE: DnsAnswer = { rcode: 'NXDOMAIN', authoritative: false, answers: [] }

const failure = (rcode: 'FORMERR' | 'NOTIMP'): DnsAnswer => ({ rcode, authoritative: false, answers: [] })

/** A missing name and a name without such records both carry the zone's SOA, which says how long that may be believed. */
function zoneAnswer(state: ZoneState, zone: string, found: Found, question: DnsQuestion): DnsAnswer {
  const authorities = [startOfAuthority(state, zone)]
  if (found === undefined) return { rcode: 'NXDOMAIN', authoritative: true, answers: [], authorities }
  if (found.answers.length === 0) return { rcode: 'NOERROR', authoritative: true, answers: [], authorities }
  const answers = found.answers.map((one) =>
    one.name === question.name.toLowerCase() ? { ...one, name: question.name } : one,
  )
  return {
    rcode: 'NOERROR',
    authoritative: true,
    answers,
    ...(found.additionals === undefined ? {} : { additionals: found.additionals }),
  }
}

export function startOfAuthority(state: ZoneState, zone: string): DnsRecord {
  return {
    name: zone,
    type: 'SOA',
    ttl: NEGATIVE_TTL_SECONDS,
    data: {
      mname: `ns.dns.${state.clusterDomain}`,
      rname: `hostmaster.${state.clusterDomain}`,
      serial: 1,
      refresh: 7200,
      retry: 1800,
      expire: 86400,
      minimum: NEGATIVE_TTL_SECONDS,
    },
  }
}
