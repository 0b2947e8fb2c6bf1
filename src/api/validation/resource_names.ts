import { type FieldError, invalid } from '../field_error.ts'
import { isWhole, nanosOf } from '../quantity.ts'
import { qualifiedName } from './names.ts'
import { NOT_NEGATIVE } from './numbers.ts'

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage'])
const QUOTA_OBJECTS = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const QUOTA_AMOUNTS = ['cpu', 'memory', 'ephemeral-storage']
const STANDARD_RESOURCES = new Set([
  ...CONTAINER_RESOURCES,
  ...QUOTA_OBJECTS,
  'storage',
  'requests.storage',
  ...QUOTA_AMOUNTS.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
])

/** What quotas limit by a name of Kubernetes' own. */
export const isStandardQuotaResource = (name: string): boolean => STANDARD_RESOURCES.has(name) && name !== 'storage'

export const isHugePages = (name: string): boolean => /^(requests\.)?hugepages-/.test(name)
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')

/** A resource that comes from a device plugin: `example.com/gpu`. */
export const isExtendedResource = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0

/** Amounts of it may be promised beyond what there is. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name)

export const isStandardResource = (name: string): boolean => STANDARD_RESOURCES.has(name) || isHugePages(name)
const isContainerResource = (name: string): boolean => CONTAINER_RESOURCES.has(name) || name.startsWith('hugepages-')

/** A name that some resource may have. */
export function resourceNameErrors(name: string, field: string): FieldError[] {
  const errors = qualifiedName(name).map((fault) => invalid(field, name, fault))
  if (errors.length > 0) return errors
  if (name.includes('/') || isStandardResource(name)) return []
  return [invalid(field, name, 'must be a standard resource type or fully qualified')]
}

/** A name that a resource of a container may have. */
export function containerResourceNameErrors(name: string, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field)
  if (!name.includes('/')) {
    return isContainerResource(name)
      ? errors
      : [...errors, invalid(field, name, 'must be a standard resource for containers')]
  }
  if (isNative(name) || isExtendedResource(name)) return errors
  return [...errors, invalid(field, name, "doesn't follow extended resource name standard")]
}

const isInteger = (name: string): boolean => QUOTA_OBJECTS.includes(name) || isExtendedResource(name)

/** An amount of a resource. */
export function resourceAmountErrors(name: string, amount: string, field: string): FieldError[] {
  return [
    ...(nanosOf(amount) < 0n ? [invalid(field, amount, NOT_NEGATIVE)] : []),
    ...(isInteger(name) && !isWhole(amount) ? [invalid(field, amount, 'must be an integer')] : []),
  ]
}
