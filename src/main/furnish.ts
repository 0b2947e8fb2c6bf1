import { isAlreadyExists } from '../api/error.ts'
import { SERVICES } from '../api/resources.ts'
import type { Client } from '../client/client.ts'
import { createDefaultStorageClass } from '../controllers/volumes/default_class.ts'
import { DNS_ADDRESS, DNS_PORT } from './cluster_addresses.ts'

/** What a cluster with nodes has besides: a default StorageClass, and a name for its DNS. What is there stays as it is. */
export async function furnish(client: Client): Promise<void> {
  await Promise.all([createDefaultStorageClass(client), createDnsService(client)])
}

/** Without a selector: each node answers the address itself. */
async function createDnsService(client: Client): Promise<void> {
  const ports = ['UDP', 'TCP'].map((protocol) => ({
    name: `dns-${protocol.toLowerCase()}`,
    port: DNS_PORT,
    protocol,
    targetPort: DNS_PORT,
  }))
  try {
    await client.create(SERVICES, {
      metadata: { namespace: 'kube-system', name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
      spec: { clusterIP: DNS_ADDRESS, ports },
    })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}
