import { type FieldError, forbidden, invalid, SpelledValue } from '../../field_error.ts'
import type { Pod } from '../../types.ts'
import { ipErrors, isIPv4, isIPv6 } from '../../validation/addresses.ts'
import { nonCanonicalIpWarnings } from '../../validation/ip_warnings.ts'
import { immutableErrors } from '../../validation/metadata.ts'
import { dnsSubdomain, qualifiedName } from '../../validation/names.ts'
import { items, type Loose } from '../draft.ts'

/** What is wrong with a pod's new status. */
export function podStatusUpdateErrors(pod: Pod, old: Pod): FieldError[] {
  const [status, before] = [(pod.status ?? {}) as Loose, (old.status ?? {}) as Loose]
  return [
    ...conditionErrors(status),
    ...nominationErrors(status, before, old.spec.nodeName),
    ...generationErrors(status.observedGeneration, 'status.observedGeneration'),
    ...(status.qosClass === before.qosClass
      ? []
      : immutableErrors(status.qosClass, before.qosClass, 'status.qosClass')),
    ...transitionErrors(pod, old),
    ...claimErrors(status, pod),
    ...addressesErrors(status.podIPs, before.podIPs, 'status.podIPs'),
    ...hostErrors(status, before),
  ]
}

/** Addresses that are not written as they should be. */
export const podStatusWarnings = ({ status }: Pod): string[] =>
  (['podIPs', 'hostIPs'] as const).flatMap((list) =>
    items((status as Loose)?.[list]).flatMap(({ ip = '' }, index) =>
      nonCanonicalIpWarnings(ip, `status.${list}[${index}].ip`),
    ),
  )

const generationErrors = (generation: number | undefined, field: string): FieldError[] =>
  generation !== undefined && generation < 0 ? [invalid(field, generation, 'must be a non-negative integer')] : []

const OWN_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized'])

const conditionErrors = ({ conditions }: Loose): FieldError[] =>
  items(conditions).flatMap(({ type = '', observedGeneration }, index) => {
    const at = `status.conditions[${index}]`
    const faults = OWN_CONDITIONS.has(type) ? [] : qualifiedName(type)
    return [
      ...generationErrors(observedGeneration, `${at}.observedGeneration`),
      ...faults.map((fault) => invalid(`${at}.Type`, type, fault)),
    ]
  })

/** A pod is meant for a node only as long as it has none. */
function nominationErrors(status: Loose, before: Loose, nodeName: string | undefined): FieldError[] {
  const { nominatedNodeName: name } = status
  const field = 'status.nominatedNodeName'
  if (!name || name === before.nominatedNodeName) return []
  return [
    ...dnsSubdomain(name).map((fault) => invalid(field, name, fault)),
    ...(nodeName ? [forbidden(field, 'may not be set on pods that are already bound to a node')] : []),
  ]
}

/** A container that has ended stays so, unless the pod's policy is to start it again. */
function transitionErrors(pod: Pod, old: Pod): FieldError[] {
  if (old.spec.restartPolicy === 'Always') return []
  const mayRestart = (exitCode: number) => old.spec.restartPolicy === 'OnFailure' && exitCode !== 0
  return (pod.status?.containerStatuses ?? []).flatMap((status, index) => {
    const before = (old.status?.containerStatuses ?? []).find((one) => one.name === status.name)?.state?.terminated
    if (before === undefined || mayRestart(before.exitCode) || status.state?.terminated) return []
    return [forbidden(`status.containerStatuses[${index}].state`, 'may not be transitioned to non-terminated state')]
  })
}

/** Claims that were made are those that the pod names. */
const claimErrors = ({ resourceClaimStatuses }: Loose, { spec }: Pod): FieldError[] =>
  items(resourceClaimStatuses).flatMap(({ name = '' }, index) => {
    const known = items((spec as Loose).resourceClaims).some((claim) => claim.name === name)
    const fault = 'must match the name of an entry in `spec.resourceClaims`'
    return known ? [] : [invalid(`status.resourceClaimStatuses[${index}].name`, name, fault)]
  })

/** At most one address of each family; addresses that were there are let be. */
function addressesErrors(list: Loose, before: Loose, field: string): FieldError[] {
  const addresses = items(list).map(({ ip = '' }) => ip as string)
  const known = new Set(items(before).map(({ ip }) => ip))
  const errors = addresses.flatMap((ip, index) => (known.has(ip) ? [] : ipErrors(ip, `${field}[${index}]`)))
  const isPair = addresses.length === 2 && addresses.some(isIPv4) && addresses.some(isIPv6)
  if (addresses.length < 2 || isPair) return errors
  const shown = new SpelledValue(JSON.stringify(addresses.map((IP) => ({ IP }))))
  return [...errors, invalid(field, shown, 'may specify no more than one IP for each IP family')]
}

function hostErrors({ hostIP = '', hostIPs }: Loose, before: Loose): FieldError[] {
  const first = items(hostIPs)[0]?.ip
  const errors = addressesErrors(hostIPs, before.hostIPs, 'status.hostIPs')
  if (first === undefined || first === hostIP) return errors
  return [invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'), ...errors]
}
