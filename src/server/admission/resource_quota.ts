import type { MutableObject } from '../../api/kind_rules.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { type Amounts, addAmounts, amountsBeyond, amountsText, amountsWhere } from '../../api/quota/amounts.ts'
import { unspecified } from '../../api/quota/pod_usage.ts'
import { isInScope } from '../../api/quota/scopes.ts'
import { limits, usageOf } from '../../api/quota/usage.ts'
import type { KubeObject, Pod, ResourceQuota } from '../../api/types.ts'
import { assert } from '../../base/assert.ts'
import { commitState } from '../commit.ts'
import { type AdmissionContext, type AdmissionPlugin, type Attributes, type Operation, refusal } from './admission.ts'

/** A quota, and by how much the request raises (or lowers) its use. */
interface Charge {
  readonly quota: ResourceQuota
  readonly amounts: Amounts
}

/**
 * Refuses what a namespace has no more room for, and counts what it lets in. Counting here and not in
 * a controller is what keeps a hundred requests at once from taking the same last place; what objects
 * give back when they go is found by the controller.
 */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(attributes, context) {
    const charges = chargesOf(attributes, context)
    // What a status tells has happened already: it is counted and not refused.
    if (attributes.subresource === 'status') return
    for (const charge of charges) refuseBeyond(attributes, charge)
  },
  account(attributes, context) {
    return chargesOf(attributes, context).map((charge) => write(context, charge))
  },
}

/** Deletions give back later, and events are never too many. */
function isCounted({ operation, subresource, facts, object, old }: Attributes): boolean {
  const { group, resource } = facts.ref
  if (resource === 'events' && (group === '' || group === 'events.k8s.io')) return false
  if (group !== '') return isPlainCreate(operation, subresource)
  switch (resource) {
    case 'pods':
      return operation === 'UPDATE'
        ? isOtherwiseCounted(subresource, object, old)
        : isPlainCreate(operation, subresource)
    case 'persistentvolumeclaims':
      return isPlainCreate(operation, subresource) || (operation === 'UPDATE' && CLAIM_PARTS.includes(subresource))
    case 'services':
      return subresource === undefined && operation !== 'DELETE'
    default:
      return isPlainCreate(operation, subresource)
  }
}

/** A claim's status says what has been allocated for it and which class it has. */
const CLAIM_PARTS: readonly (string | undefined)[] = [undefined, 'status']

const isPlainCreate = (operation: Operation, subresource: string | undefined): boolean =>
  operation === 'CREATE' && subresource === undefined

/** A resize changes what a pod asks for; a deadline, which of two scopes it is in. */
function isOtherwiseCounted(
  subresource: string | undefined,
  object: MutableObject,
  old: KubeObject | undefined,
): boolean {
  const endsBy = (pod: MutableObject | KubeObject | undefined): boolean =>
    (pod as Pod | undefined)?.spec.activeDeadlineSeconds !== undefined
  return subresource === 'resize' || (subresource === undefined && endsBy(object) !== endsBy(old))
}

function chargesOf(attributes: Attributes, { quotas, now }: AdmissionContext): Charge[] {
  if (!attributes.facts.ref.namespaced || !isCounted(attributes)) return []
  const { facts, old, namespace } = attributes
  const object = attributes.object as unknown as KubeObject
  const charges: Charge[] = []
  for (const quota of byName(quotas(namespace))) {
    const names = Object.keys(quota.status?.hard ?? {}).filter((name) => limits(name, facts.ref))
    if (names.length === 0 || !isInScope(quota, facts.ref, object)) continue
    if (facts.ref.resource === 'pods' && facts.ref.group === '') refuseUnspecified(attributes, quota, names)
    refuseUncounted(attributes, quota, names)
    const use = (of: KubeObject): Amounts => amountsWhere(usageOf(facts.ref, of, now()), (name) => names.includes(name))
    // What comes into a quota's scope by a change is charged with all that it uses.
    const wasCounted = old !== undefined && isInScope(quota, facts.ref, old)
    const amounts = amountsBeyond(use(object), wasCounted ? use(old) : {})
    if (Object.keys(amounts).length > 0) charges.push({ quota, amounts })
  }
  return charges
}

const byName = (quotas: Iterable<ResourceQuota>): ResourceQuota[] =>
  [...quotas].sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1))

/** @throws ApiError 403 when a container leaves open what the quota limits */
function refuseUnspecified(attributes: Attributes, quota: ResourceQuota, names: readonly string[]): void {
  const fault = unspecified(attributes.object as unknown as Pod, names)
  if (fault !== '') throw refusal(attributes, `failed quota: ${quota.metadata.name}: must specify ${fault}`)
}

/** @throws ApiError 403 when the use of what the quota limits has not been counted yet */
function refuseUncounted(attributes: Attributes, { metadata, status }: ResourceQuota, names: readonly string[]): void {
  if (names.every((name) => status?.used?.[name] !== undefined)) return
  const why = `status unknown for quota: ${metadata.name}, resources: ${[...names].sort().join(',')}`
  throw refusal(attributes, why)
}

/** @throws ApiError 403 when the use would pass the quota */
function refuseBeyond(attributes: Attributes, { quota, amounts }: Charge): void {
  const { hard = {}, used = {} } = quota.status ?? {}
  const after = addAmounts(used, amounts)
  const isBeyond = (one: string): boolean =>
    compareQuantities(amounts[one], '0') > 0 && compareQuantities(after[one], hard[one]) > 0
  if (!Object.keys(amounts).some(isBeyond)) return
  const shown = (all: Amounts): string => amountsText(amountsWhere(all, (one) => one in amounts && isBeyond(one)))
  const why = `exceeded quota: ${quota.metadata.name}, requested: ${shown(amounts)}, used: ${shown(used)}, limited: ${shown(hard)}`
  throw refusal(attributes, why)
}

/** Nothing can come between the look at the newest state and this write, so it cannot fail by a conflict. */
async function write({ store }: AdmissionContext, { quota, amounts }: Charge): Promise<void> {
  const { namespace = '', name } = quota.metadata
  const key = { resource: 'resourcequotas', namespace, name }
  const used = addAmounts(quota.status?.used ?? {}, amounts)
  const charged: MutableObject = { ...quota, status: { ...quota.status, used } }
  const stored = await commitState(store, key, store.head(key), charged)
  assert(stored !== undefined, `the quota ${namespace}/${name} changed in the step that charged it`)
}
