import { attributesClassesOf } from '../attributes_classes.ts'
import { qualityOfService } from '../kinds/pod/pod_quality.ts'
import type { KubeObject, PersistentVolumeClaim, Pod, ResourceQuota } from '../types.ts'
import type { CountedResource } from './usage.ts'

/** A scope, and for those that compare a value how. */
interface Scope {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

function scopesOf({ spec }: ResourceQuota): Scope[] {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }))
  return [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])]
}

/** Whether an object is among those that a quota counts: all of its scopes must fit. */
export function isInScope(quota: ResourceQuota, of: CountedResource, object: KubeObject): boolean {
  return scopesOf(quota).every((scope) => fits(scope, of, object))
}

function fits(scope: Scope, { group, resource }: CountedResource, object: KubeObject): boolean {
  if (group !== '') return false
  if (resource === 'persistentvolumeclaims' && scope.scopeName === 'VolumeAttributesClass') {
    const names = attributesClassesOf(object as PersistentVolumeClaim)
    return names.length === 0 ? compares(scope, undefined) : names.some((name) => compares(scope, name))
  }
  return resource === 'pods' && fitsPod(scope, object as Pod)
}

function fitsPod(scope: Scope, { spec }: Pod): boolean {
  switch (scope.scopeName) {
    case 'BestEffort':
      return qualityOfService(spec) === 'BestEffort'
    case 'NotBestEffort':
      return qualityOfService(spec) !== 'BestEffort'
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined
    case 'PriorityClass':
      return compares(scope, spec.priorityClassName)
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(spec)
    default:
      return false
  }
}

function compares({ operator, values = [] }: Scope, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'DoesNotExist':
      return !value
    default:
      return Boolean(value)
  }
}

function reachesOtherNamespaces({ affinity }: Pod['spec']): boolean {
  const halves = [affinity?.podAffinity, affinity?.podAntiAffinity]
  const terms = halves.flatMap((half) => [
    ...(half?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(half?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((preferred) => preferred.podAffinityTerm),
  ])
  return terms.some(
    ({ namespaces, namespaceSelector }) => Boolean(namespaces?.length) || namespaceSelector !== undefined,
  )
}
