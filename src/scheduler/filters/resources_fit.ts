import { requestsOf, totalsOf } from '../../api/pod_requests.ts'
import type { Filter, Rejection } from '../framework.ts'

/** What the pod asks for must be left on the node. */
export const resourcesFit: Filter = ({ pod }, { node, tally }): Rejection | undefined => {
  const allocatable = totalsOf(node.status?.allocatable)
  const reasons: string[] = []
  let final = false
  if (tally.count + 1 > (allocatable.get('pods') ?? 0)) reasons.push('Too many pods')
  for (const [name, amount] of requestsOf(pod)) {
    const most = allocatable.get(name) ?? 0
    if (amount === 0 || amount + (tally.requested.get(name) ?? 0) <= most) continue
    reasons.push(`Insufficient ${name}`)
    final ||= amount > most
  }
  return reasons.length === 0 ? undefined : { reasons, final }
}
