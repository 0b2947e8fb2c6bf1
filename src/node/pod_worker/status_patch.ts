import type { PodStatus } from '../../api/types.ts'

/**
 * The strategic merge patch that makes `current` show what the node wants, or undefined when it
 * does already. Fields that others own (their conditions, qosClass, nominatedNodeName) are not named.
 */
export function statusPatch(current: PodStatus | undefined, wanted: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {}
  for (const field of PLAIN_FIELDS) {
    if (!sameAsStored(current?.[field], wanted[field])) patch[field] = wanted[field] ?? null
  }
  for (const field of ADDRESS_LISTS) {
    const list = wanted[field]
    if (list !== undefined && !sameAsStored(current?.[field], list)) {
      patch[field] = current?.[field] === undefined ? list : [{ $patch: 'replace' }, ...list]
    }
  }
  const conditions = changedConditions(current?.conditions ?? [], wanted.conditions ?? [])
  if (conditions.length > 0) patch['conditions'] = conditions
  return Object.keys(patch).length === 0 ? undefined : patch
}

const PLAIN_FIELDS = [
  'phase',
  'observedGeneration',
  'reason',
  'message',
  'hostIP',
  'podIP',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const

const ADDRESS_LISTS = ['hostIPs', 'podIPs'] as const

type Condition = NonNullable<PodStatus['conditions']>[number]

/** Conditions merge by their type; what a condition no longer says is taken out by a null. */
function changedConditions(current: readonly Condition[], wanted: readonly Condition[]): readonly object[] {
  return wanted.flatMap((condition) => {
    const old = current.find((one) => one.type === condition.type)
    if (old !== undefined && sameAsStored(old, condition)) return []
    const gone = Object.keys(old ?? {}).filter((key) => !(key in condition))
    return [{ ...condition, ...Object.fromEntries(gone.map((key) => [key, null])) }]
  })
}

/** Equal as Kubernetes stores it: the order of keys does not matter, absent and empty objects and null are alike. */
export function sameAsStored(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isNothing(a) && isNothing(b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => sameAsStored(item, b[at]))
  if (!isObject(a) || !isObject(b)) return false
  for (const key in a) if (!sameAsStored(a[key], b[key])) return false
  for (const key in b) if (!(key in a) && !isNothing(b[key])) return false
  return true
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  if (!isObject(value)) return false
  for (const key in value) if (!isNothing(value[key])) return false
  return true
}
