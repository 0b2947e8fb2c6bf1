import type * as k8s from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../../field_error.ts'
import { compareQuantities } from '../../quantity.ts'
import type { Wire } from '../../types.ts'
import { qualifiedName } from '../../validation/names.ts'

/** Every field of a pod that the downward API knows, whoever may use it. */
const KNOWN_FIELDS = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
])
const CONTAINER_RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** `metadata.labels['key']` */
const SUBSCRIPTED = /^(.*)\['(.*)'\]$/

/** A field of the pod, as a variable or a file. */
export function fieldReferenceErrors(
  reference: Wire<k8s.V1ObjectFieldSelector>,
  supported: readonly string[],
  at: string,
): FieldError[] {
  const { apiVersion, fieldPath } = reference
  if (!apiVersion) return [required(`${at}.apiVersion`)]
  if (!fieldPath) return [required(`${at}.fieldPath`)]
  const fault = conversionFault(apiVersion, fieldPath)
  if (fault !== undefined) return [invalid(`${at}.fieldPath`, fieldPath, `error converting fieldPath: ${fault}`)]
  const [, map, key] = SUBSCRIPTED.exec(fieldPath) ?? []
  if (map === undefined || key === undefined) {
    return supported.includes(fieldPath) ? [] : [notSupported(`${at}.fieldPath`, fieldPath, supported)]
  }
  return qualifiedName(map === 'metadata.annotations' ? key.toLowerCase() : key).map((one) => invalid(at, key, one))
}

function conversionFault(apiVersion: string, fieldPath: string): string | undefined {
  if (apiVersion !== 'v1') return `unsupported pod version: ${apiVersion}`
  const map = SUBSCRIPTED.exec(fieldPath)?.[1]
  if (map !== undefined) {
    const known = map === 'metadata.annotations' || map === 'metadata.labels'
    return known ? undefined : `field label does not support subscript: ${fieldPath}`
  }
  return KNOWN_FIELDS.has(fieldPath) ? undefined : `field label not supported: ${fieldPath}`
}

/** An amount that a container may use; in a volume it must say which container. */
export function resourceReferenceErrors(
  reference: Wire<k8s.V1ResourceFieldSelector>,
  at: string,
  { inVolume }: { readonly inVolume: boolean },
): FieldError[] {
  if (inVolume && !reference.containerName) return [required(`${at}.containerName`)]
  if (!reference.resource) return [required(`${at}.resource`)]
  const known =
    CONTAINER_RESOURCES.includes(reference.resource) || /^(limits|requests)\.hugepages-/.test(reference.resource)
  return [
    ...(known ? [] : [notSupported(`${at}.resource`, reference.resource, CONTAINER_RESOURCES)]),
    ...divisorErrors(reference, at),
  ]
}

function divisorErrors({ resource, divisor = '0' }: Wire<k8s.V1ResourceFieldSelector>, at: string): FieldError[] {
  const isOneOf = (units: readonly string[]) => ['0', ...units].some((unit) => compareQuantities(divisor, unit) === 0)
  const faults = {
    cpu: ['1m', '1'],
    memory: ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
  }
  if (resource.endsWith('.cpu') && !isOneOf(faults.cpu)) {
    return [invalid(`${at}.divisor`, resource, "only divisor's values 1m and 1 are supported with the cpu resource")]
  }
  if (resource.endsWith('.memory') && !isOneOf(faults.memory)) {
    const detail = `only divisor's values ${faults.memory.join(', ')} are supported with the memory resource`
    return [invalid(`${at}.divisor`, resource, detail)]
  }
  return []
}
