import { amountsBeyond } from '../../api/quota/amounts.ts'
import { isInScope } from '../../api/quota/scopes.ts'
import { limits, usageOf } from '../../api/quota/usage.ts'
import { keyOf, type ObjectKey, type ResourceRef } from '../../api/resource.ts'
import { RESOURCE_QUOTAS } from '../../api/resources.ts'
import type { KubeObject, ResourceQuota } from '../../api/types.ts'
import type { CacheChange } from '../../client/informer.ts'
import { again, type Controller, type ControllerDeps, watchRule } from '../runtime/controller.ts'
import { decideQuota, type QuotaPlan, type QuotaView, same } from './decide.ts'
import { RECOUNT_MS } from './limits.ts'

/**
 * Counts what namespaces use. The server adds to the use whatever it lets in; this controller finds
 * what was given back, and counts for a new or changed quota. Keys are quotas.
 */
export function createResourceQuotaController(
  deps: ControllerDeps,
  { resources }: { readonly resources: readonly ResourceRef[] },
): Controller<QuotaView, QuotaPlan> {
  const { informers, clock } = deps
  const quotas = informers.of(RESOURCE_QUOTAS)
  const countable = resources.filter((resource) => resource.namespaced)
  const concerned = (resource: ResourceRef, change: CacheChange<KubeObject>): readonly ObjectKey[] => {
    const { previous, current } = change
    if (previous === undefined) return []
    const own = quotas.list(previous.metadata.namespace).filter((quota) => isAbout(quota, resource))
    if (own.length === 0) return []
    if (usesLess(resource, previous, current, clock.now())) return own.map(keyOf)
    return own.filter((quota) => leavesScope(quota, resource, previous, current)).map(keyOf)
  }
  return {
    name: 'resourcequota',
    watches: [
      watchRule(RESOURCE_QUOTAS, (change) => (isUncounted(change.current) ? [change.key] : [])),
      ...countable.map((resource) => watchRule(resource, (change) => concerned(resource, change))),
    ],
    view(key) {
      const quota = quotas.get(key)
      if (quota === undefined) return undefined
      const counted = countable
        .filter((resource) => isAbout(quota, resource))
        .map((of) => ({ of, objects: informers.of(of).list(quota.metadata.namespace) }))
      return { quota, counted, now: clock.now() }
    },
    decide: decideQuota,
    apply: async ({ status }, { quota }, client) => {
      if (status !== undefined) await client.updateStatus(RESOURCE_QUOTAS, { ...quota, status })
      return again(RECOUNT_MS)
    },
  }
}

const isAbout = ({ spec }: ResourceQuota, resource: ResourceRef): boolean =>
  Object.keys(spec.hard ?? {}).some((name) => limits(name, resource))

/** A quota that is new or was changed; what the server charged it with is right already. */
const isUncounted = (quota: ResourceQuota | undefined): boolean =>
  quota !== undefined && (quota.status?.used === undefined || !same(quota.spec.hard, quota.status.hard))

const leavesScope = (quota: ResourceQuota, of: ResourceRef, previous: KubeObject, current: KubeObject | undefined) =>
  current !== undefined && isInScope(quota, of, previous) && !isInScope(quota, of, current)

function usesLess(resource: ResourceRef, previous: KubeObject, current: KubeObject | undefined, now: number): boolean {
  if (current === undefined) return true
  const beyond = amountsBeyond(usageOf(resource, previous, now), usageOf(resource, current, now))
  return Object.values(beyond).some((amount) => !amount.startsWith('-'))
}
