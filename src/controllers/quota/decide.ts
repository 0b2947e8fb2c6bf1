import type { Amounts } from '../../api/quota/amounts.ts'
import { addAmounts, amountsWhere } from '../../api/quota/amounts.ts'
import { isInScope } from '../../api/quota/scopes.ts'
import { type CountedResource, usageOf } from '../../api/quota/usage.ts'
import type { KubeObject, ResourceQuota } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'

/** All objects of one resource in the quota's namespace. */
export interface Counted {
  readonly of: CountedResource
  readonly objects: readonly KubeObject[]
}

export interface QuotaView {
  readonly quota: ResourceQuota
  readonly counted: readonly Counted[]
  readonly now: Millis
}

/** The status to write; undefined: it is right as it is. */
export interface QuotaPlan {
  readonly status: { readonly hard: Amounts; readonly used: Amounts } | undefined
}

/** Counts anew what a namespace uses of what its quota limits. */
export function decideQuota({ quota, counted, now }: QuotaView): QuotaPlan {
  const hard = quota.spec.hard ?? {}
  let used: Amounts = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  for (const { of, objects } of counted) {
    for (const object of objects) {
      if (!isInScope(quota, of, object)) continue
      used = addAmounts(
        used,
        amountsWhere(usageOf(of, object, now), (name) => name in hard),
      )
    }
  }
  const { status } = quota
  const isRight = status !== undefined && same(status.hard, hard) && same(status.used, used)
  return { status: isRight ? undefined : { hard, used } }
}

/** Whether both say the same of the same names. */
export function same(one: Amounts = {}, other: Amounts = {}): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
