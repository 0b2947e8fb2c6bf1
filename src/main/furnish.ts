import { isAlreadyExists } from '../api/error.ts'
import type { ResourceRef } from '../api/resource.ts'
import { SERVICES } from '../api/resources.ts'
import type { Draft, KubeObject } from '../api/types.ts'
import { METRICS_GROUP, NODE_METRICS } from '../api/usage_metrics.ts'
import { systemClock } from '../base/clock.ts'
import { toRfc3339 } from '../base/time.ts'
import type { Client } from '../client/client.ts'
import { createDefaultStorageClass } from '../controllers/volumes/default_class.ts'
import { DNS_ADDRESS, DNS_PORT } from './cluster_addresses.ts'

/** What a cluster with nodes has besides: a default StorageClass, a name for its DNS, and the group of `kubectl top`. What is there stays as it is. */
export async function furnish(client: Client): Promise<void> {
  await Promise.all([createDefaultStorageClass(client), createDnsService(client), ...describeMetrics(client)])
}

/** Without a selector: each node answers the address itself. */
async function createDnsService(client: Client): Promise<void> {
  const ports = ['UDP', 'TCP'].map((protocol) => ({
    name: `dns-${protocol.toLowerCase()}`,
    port: DNS_PORT,
    protocol,
    targetPort: DNS_PORT,
  }))
  await ensure(client, SERVICES, {
    metadata: { namespace: 'kube-system', name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
    spec: { clusterIP: DNS_ADDRESS, ports },
  })
}

const API_SERVICES: ResourceRef = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  resource: 'apiservices',
  kind: 'APIService',
  namespaced: false,
}
const CLUSTER_ROLES: ResourceRef = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
}

/** Tools look for the group's APIService; it names no service, as the server answers by itself. And a role that may read it. */
function describeMetrics(client: Client): Promise<void>[] {
  const version = NODE_METRICS.version
  const spec = { group: METRICS_GROUP, version, groupPriorityMinimum: 100, versionPriority: 100 }
  const rules = [{ apiGroups: [METRICS_GROUP], resources: ['pods', 'nodes'], verbs: ['get', 'list'] }]
  const name = `${version}.${METRICS_GROUP}`
  const service = { metadata: { name }, spec } as Draft<KubeObject>
  const role = { metadata: { name: 'system:aggregated-metrics-reader' }, rules } as Draft<KubeObject>
  const served = ensure(client, API_SERVICES, service).then(() => sayAvailable(client, name))
  return [served, ensure(client, CLUSTER_ROLES, role)]
}

async function sayAvailable(client: Client, name: string): Promise<void> {
  const available = {
    type: 'Available',
    status: 'True',
    reason: 'Local',
    message: 'Local APIServices are always available',
    lastTransitionTime: toRfc3339(systemClock.now()),
  }
  const body = { status: { conditions: [available] } }
  await client.patch(API_SERVICES, { namespace: '', name }, { type: 'merge', body, subresource: 'status' })
}

async function ensure<T extends KubeObject>(client: Client, resource: ResourceRef<T>, draft: Draft<T>): Promise<void> {
  try {
    await client.create(resource, draft)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}
