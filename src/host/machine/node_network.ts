import { mustRun } from '../processes.ts'
import { addressesOf, SERVICE_RANGE } from './address_plan.ts'
import type { MachinePaths } from './machine_paths.ts'
import { configureNamespace, inNamespace, makeNamespace } from './namespaces.ts'

/** A node as far as its network is concerned. */
export interface NodePlace {
  readonly name: string
  readonly index: number
}

/**
 * The node's namespace: loopback with the node's own address, the service range as local addresses
 * (so that a server may bind to one of them, and what no rule catches is refused at once), and a
 * default route that ends in loopback, because some programs do not start without one.
 */
export async function setUpNodeNamespace(paths: MachinePaths, node: NodePlace): Promise<void> {
  const namespace = paths.node(node.name).namespace
  const { address } = addressesOf(node.index)
  await makeNamespace(namespace)
  await configureNamespace(namespace, [
    'link set lo up',
    `addr replace ${address}/32 dev lo`,
    `route replace local ${SERVICE_RANGE} dev lo src ${address}`,
    `route replace default dev lo src ${address}`,
    // What comes from a pod and is for nobody here is refused instead of going round in loopback.
    'rule add pref 100 lookup main suppress_prefixlength 0',
    'rule add pref 200 not iif lo unreachable',
  ])
  await mustRun(inNamespace(namespace, ['sh', '-c', APPLY_SETTINGS]))
}

/** Pods' packets are passed on; a refusal is sent each time and at once, and nobody is told of a shorter way. */
const KERNEL_SETTINGS = {
  ip_forward: 1,
  icmp_ratelimit: 0,
  'conf/all/rp_filter': 0,
  'conf/default/rp_filter': 0,
  'conf/all/send_redirects': 0,
  'conf/default/send_redirects': 0,
}

const APPLY_SETTINGS = Object.entries(KERNEL_SETTINGS)
  .map(([name, value]) => `echo ${value} >/proc/sys/net/ipv4/${name}`)
  .join(' && ')

/** Joins the nodes by a bridge in a namespace of its own. One node alone needs none of it. */
export async function connectNodes(paths: MachinePaths, nodes: readonly NodePlace[]): Promise<void> {
  if (nodes.length < 2) return
  await makeNamespace(paths.bridgeNamespace)
  await configureNamespace(paths.bridgeNamespace, ['link set lo up', 'link add br0 type bridge', 'link set br0 up'])
  for (const node of nodes) await plugIn(paths, node)
  for (const node of nodes) await routeToOthers(paths, node, nodes)
}

async function plugIn(paths: MachinePaths, node: NodePlace): Promise<void> {
  const namespace = paths.node(node.name).namespace
  const port = `port${node.index}`
  await configureNamespace(namespace, [
    `link add eth0 type veth peer name ${port} netns ${paths.bridgeNamespace}`,
    'link set eth0 up',
  ])
  await configureNamespace(paths.bridgeNamespace, [`link set ${port} master br0`, `link set ${port} up`])
}

async function routeToOthers(paths: MachinePaths, node: NodePlace, nodes: readonly NodePlace[]): Promise<void> {
  const { address } = addressesOf(node.index)
  const routes = nodes
    .filter((other) => other.index !== node.index)
    .map((other) => addressesOf(other.index))
    .flatMap((other) => [
      `route replace ${other.address}/32 dev eth0 src ${address}`,
      `route replace ${other.podRange} via ${other.address} dev eth0 onlink src ${address}`,
    ])
  await configureNamespace(paths.node(node.name).namespace, routes)
}

/**
 * What containerd hands to CNI. Each pod has a link of its own to the node and no bridge between
 * pods: so every packet passes the node's nftables rules in both directions, also between two pods
 * of one node, and service addresses work without the kernel's bridge filter.
 */
export function cniConfig(paths: MachinePaths, node: NodePlace): string {
  const { podRange, podGateway } = addressesOf(node.index)
  const pods = {
    type: 'ptp',
    ipMasq: false,
    mtu: 1500,
    ipam: {
      type: 'host-local',
      dataDir: paths.node(node.name).addresses,
      ranges: [[{ subnet: podRange, gateway: podGateway }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  }
  return JSON.stringify({ cniVersion: '0.4.0', name: cniNetworkName(paths, node.name), plugins: [pods] }, null, 2)
}

/** libcni writes files of this name below /var/lib/cni; the hash tells them from anybody else's. */
export function cniNetworkName(paths: MachinePaths, nodeName: string): string {
  return `berth-${paths.hash}-${nodeName}`
}
