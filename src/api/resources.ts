import type { ResourceRef } from './resource.ts'
import type {
  CertificateSigningRequest,
  ClusterRole,
  ConfigMap,
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  Job,
  KubeObject,
  Lease,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
  ReplicaSet,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
  VolumeAttributesClass,
} from './types.ts'

const namespaced = <T extends KubeObject>(
  group: string,
  version: string,
  resource: string,
  kind: string,
): ResourceRef<T> => ({
  group,
  version,
  resource,
  kind,
  namespaced: true,
})
const cluster = <T extends KubeObject>(
  group: string,
  version: string,
  resource: string,
  kind: string,
): ResourceRef<T> => ({
  ...namespaced<T>(group, version, resource, kind),
  namespaced: false,
})

/** The resources that Berth's own parts use. */
export const PODS = namespaced<Pod>('', 'v1', 'pods', 'Pod')
export const SERVICES = namespaced<Service>('', 'v1', 'services', 'Service')
export const ENDPOINTS = namespaced<Endpoints>('', 'v1', 'endpoints', 'Endpoints')
export const CONFIG_MAPS = namespaced<ConfigMap>('', 'v1', 'configmaps', 'ConfigMap')
export const SECRETS = namespaced<Secret>('', 'v1', 'secrets', 'Secret')
export const SERVICE_ACCOUNTS = namespaced<ServiceAccount>('', 'v1', 'serviceaccounts', 'ServiceAccount')
export const EVENTS = namespaced<Event>('', 'v1', 'events', 'Event')
export const CLAIMS = namespaced<PersistentVolumeClaim>('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim')
export const VOLUMES = cluster<PersistentVolume>('', 'v1', 'persistentvolumes', 'PersistentVolume')
export const NAMESPACES = cluster<Namespace>('', 'v1', 'namespaces', 'Namespace')
export const NODES = cluster<Node>('', 'v1', 'nodes', 'Node')
export const STATEFUL_SETS = namespaced<StatefulSet>('apps', 'v1', 'statefulsets', 'StatefulSet')
export const REPLICA_SETS = namespaced<ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet')
export const DEPLOYMENTS = namespaced<Deployment>('apps', 'v1', 'deployments', 'Deployment')
export const DAEMON_SETS = namespaced<DaemonSet>('apps', 'v1', 'daemonsets', 'DaemonSet')
export const JOBS = namespaced<Job>('batch', 'v1', 'jobs', 'Job')
export const CRON_JOBS = namespaced<CronJob>('batch', 'v1', 'cronjobs', 'CronJob')
export const CONTROLLER_REVISIONS = namespaced<ControllerRevision>(
  'apps',
  'v1',
  'controllerrevisions',
  'ControllerRevision',
)
export const STORAGE_CLASSES = cluster<StorageClass>('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass')
export const VOLUME_ATTRIBUTES_CLASSES = cluster<VolumeAttributesClass>(
  'storage.k8s.io',
  'v1',
  'volumeattributesclasses',
  'VolumeAttributesClass',
)
export const ENDPOINT_SLICES = namespaced<EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice')
export const CERTIFICATE_REQUESTS = cluster<CertificateSigningRequest>(
  'certificates.k8s.io',
  'v1',
  'certificatesigningrequests',
  'CertificateSigningRequest',
)
export const LEASES = namespaced<Lease>('coordination.k8s.io', 'v1', 'leases', 'Lease')
export const PRIORITY_CLASSES = cluster<PriorityClass>('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass')
export const DISRUPTION_BUDGETS = namespaced<PodDisruptionBudget>(
  'policy',
  'v1',
  'poddisruptionbudgets',
  'PodDisruptionBudget',
)
export const RESOURCE_QUOTAS = namespaced<ResourceQuota>('', 'v1', 'resourcequotas', 'ResourceQuota')
export const CLUSTER_ROLES = cluster<ClusterRole>('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole')
