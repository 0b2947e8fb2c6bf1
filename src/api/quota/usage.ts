import { compareQuantities } from '../quantity.ts'
import type { KubeObject, PersistentVolumeClaim, Pod, Service } from '../types.ts'
import type { Amounts } from './amounts.ts'
import { podUsage } from './pod_usage.ts'

/** A resource by its group and plural. */
export interface CountedResource {
  readonly group: string
  readonly resource: string
}

const qualified = ({ group, resource }: CountedResource): string => (group === '' ? resource : `${resource}.${group}`)

/** Kinds that could be limited by their bare name before `count/` came. */
const BARE_NAMES = new Set(['configmaps', 'replicationcontrollers', 'resourcequotas', 'secrets'])
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/'

/** What one object counts with, by the names that quotas use. */
export function usageOf(of: CountedResource, object: KubeObject, nowMs: number): Amounts {
  switch (qualified(of)) {
    case 'pods':
      return podUsage(object as Pod, nowMs)
    case 'services':
      return serviceUsage(object as Service)
    case 'persistentvolumeclaims':
      return claimUsage(object as PersistentVolumeClaim)
    default:
      return countUsage(of)
  }
}

function countUsage(of: CountedResource): Amounts {
  const name = qualified(of)
  return BARE_NAMES.has(name) ? { [`count/${name}`]: '1', [name]: '1' } : { [`count/${name}`]: '1' }
}

function serviceUsage({ spec }: Service): Amounts {
  const hasPorts = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  const open = (spec.ports ?? []).filter(({ nodePort }) => spec.allocateLoadBalancerNodePorts !== false || nodePort)
  return {
    'count/services': '1',
    services: '1',
    'services.nodeports': hasPorts ? String(open.length) : '0',
    'services.loadbalancers': spec.type === 'LoadBalancer' ? '1' : '0',
  }
}

function claimUsage({ spec, metadata, status }: PersistentVolumeClaim): Amounts {
  const requested = spec.resources?.requests?.['storage'] ?? '0'
  // A request that was taken back still counts with what has been allocated for it.
  const allocated = status?.allocatedResources?.['storage'] ?? '0'
  const storage = requested !== '0' && compareQuantities(allocated, requested) > 0 ? allocated : requested
  const className = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName
  const ofClass = className && {
    [`${className}${CLASS_SUFFIX}persistentvolumeclaims`]: '1',
    [`${className}${CLASS_SUFFIX}requests.storage`]: storage,
  }
  return { 'count/persistentvolumeclaims': '1', persistentvolumeclaims: '1', 'requests.storage': storage, ...ofClass }
}

const SERVICE_NAMES = new Set(['services', 'services.nodeports', 'services.loadbalancers'])
const CLAIM_NAMES = new Set(['persistentvolumeclaims', 'requests.storage'])

/** Which resource a name in a quota speaks of: `pods` for `requests.cpu`, `jobs.batch` for `count/jobs.batch`. */
export function resourceLimitedBy(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length)
  if (SERVICE_NAMES.has(name)) return 'services'
  if (CLAIM_NAMES.has(name) || name.includes(CLASS_SUFFIX)) return 'persistentvolumeclaims'
  return BARE_NAMES.has(name) ? name : 'pods'
}

/** Whether a quota that limits `name` has to do with objects of this resource. */
export const limits = (name: string, of: CountedResource): boolean => resourceLimitedBy(name) === qualified(of)
