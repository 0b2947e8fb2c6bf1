import { parseGroupVersion, typeNameOf } from '../../api/schema/table.ts'

/** Versions that are served no more but whose objects upstream can still read. */
const OLD_VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'apps/v1beta1': ['ControllerRevision', 'Deployment', 'Scale', 'StatefulSet'],
  'apps/v1beta2': ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'Scale', 'StatefulSet'],
  'extensions/v1beta1': ['DaemonSet', 'Deployment', 'Ingress', 'NetworkPolicy', 'ReplicaSet'],
  'batch/v1beta1': ['CronJob'],
  'autoscaling/v2beta1': ['HorizontalPodAutoscaler'],
  'autoscaling/v2beta2': ['HorizontalPodAutoscaler'],
  'networking.k8s.io/v1beta1': ['Ingress', 'IngressClass'],
  'policy/v1beta1': ['Eviction', 'PodDisruptionBudget'],
  'coordination.k8s.io/v1beta1': ['Lease'],
  'discovery.k8s.io/v1beta1': ['EndpointSlice'],
  'events.k8s.io/v1beta1': ['Event'],
  'rbac.authorization.k8s.io/v1beta1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'scheduling.k8s.io/v1beta1': ['PriorityClass'],
  'storage.k8s.io/v1beta1': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
}

/** Whether the API has, or once had, such a kind. */
export function isKnownKind(apiVersion: string, kind: string): boolean {
  if (OLD_VERSIONS[apiVersion]?.includes(kind)) return true
  const { group, version } = parseGroupVersion(apiVersion)
  return typeNameOf(group, version, kind) !== undefined
}

/** The package in which Go keeps a group's internal types, as messages name it: `core`, `apps`, `rbac`. */
export const internalPackage = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? group))
