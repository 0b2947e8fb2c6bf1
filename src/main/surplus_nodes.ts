import { NODES, PODS } from '../api/resources.ts'
import type { Log } from '../base/log.ts'
import type { Client } from '../client/client.ts'
import { createMachine } from '../host/machine/machine.ts'
import type { DataDirectory } from './data_directory.ts'
import type { ClusterOptions } from './options.ts'
import { nodeName } from './simulated_nodes.ts'

export interface SurplusDeps {
  readonly directory: DataDirectory
  readonly options: ClusterOptions
  readonly client: Client
  readonly log: Log
}

const CONTAINERS_END_MS = 10_000

/**
 * Takes away the nodes of an earlier start that this one does not have: first what runs, then the
 * pods and the node in the API, so that controllers make the pods anew elsewhere.
 */
export async function removeSurplusNodes(deps: SurplusDeps): Promise<void> {
  await stopSurplusMachines(deps)
  const { options, client } = deps
  // Without nodes of its own the cluster leaves them to whoever plays their part.
  if (options.nodes === 0) return
  const { items } = await client.list(NODES)
  const surplus = items.filter((node) => indexOf(node.metadata.name) >= options.nodes)
  for (const node of surplus) {
    deps.log.info('removing a node that this start does not have', { node: node.metadata.name })
    await removePodsOf(client, node.metadata.name)
    await client.delete(NODES, { namespace: '', name: node.metadata.name }, { uid: node.metadata.uid })
  }
}

/** Only root can have made nodes that are more than an object. */
async function stopSurplusMachines({ directory, options, log }: SurplusDeps): Promise<void> {
  if (process.getuid?.() !== 0) return
  const machine = createMachine({ dataDirectory: directory.root, log })
  const kept = options.runtime === 'containerd' ? options.nodes : 0
  const surplus = machine.nodes().filter((node) => node.index >= kept)
  await Promise.all(surplus.map((node) => machine.nodeDown(node.name, CONTAINERS_END_MS)))
}

async function removePodsOf(client: Client, node: string): Promise<void> {
  const { items } = await client.list(PODS, { fieldSelector: `spec.nodeName=${node}` })
  for (const { metadata } of items) {
    const ref = { namespace: metadata.namespace ?? '', name: metadata.name }
    await client.delete(PODS, ref, { uid: metadata.uid, gracePeriodSeconds: 0 })
  }
}

/** -1 for a node that is not one of ours. */
function indexOf(name: string): number {
  const index = Number(/^node-(\d+)$/.exec(name)?.[1] ?? -1)
  return nodeName(index) === name ? index : -1
}
