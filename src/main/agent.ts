import { rmSync } from 'node:fs'
import { availableParallelism, release, totalmem } from 'node:os'
import { systemClock } from '../base/clock.ts'
import { messageOf } from '../base/log.ts'
import { systemRandom } from '../base/random.ts'
import { createInformers } from '../client/informers.ts'
import { createClient } from '../client/typed_client.ts'
import { createEventRecorder } from '../controllers/runtime/event_recorder.ts'
import { createCriRuntime } from '../host/cri/cri_runtime.ts'
import { openDnsServer } from '../host/dns_server.ts'
import { createHttpTransport } from '../host/http_transport.ts'
import { createImageStore } from '../host/images/image_store.ts'
import { createNodeImages } from '../host/images/node_images.ts'
import { SERVICE_RANGE } from '../host/machine/address_plan.ts'
import { applyNftables } from '../host/nft.ts'
import { createNodeHost } from '../host/node_host/node_host.ts'
import { createUsage } from '../host/node_host/usage.ts'
import { pinoLog } from '../host/pino_log.ts'
import { openAgentDoor } from '../host/streaming/agent_door.ts'
import { openTcpProxy } from '../host/tcp_proxy.ts'
import { createDnsResponder } from '../network/dns/responder.ts'
import { ServiceRules, type ServiceRulesDeps } from '../network/services/service_rules.ts'
import { startNodeAgent } from '../node/agent.ts'
import { createNodePages } from '../node/node_pages.ts'
import type { NodeDescription } from '../node/node_registration.ts'
import { createNodeStats } from '../node/stats/node_stats.ts'
import { createStatsPages } from '../node/stats/pages.ts'
import { type AgentConfig, readAgentConfig } from './agent_config.ts'
import { API_ADDRESS, API_PORT, CLUSTER_DOMAIN, DNS_ADDRESS, DNS_PORT } from './cluster_addresses.ts'
import { onceStopped } from './stopping.ts'
import { VERSION } from './version.ts'

const PODS_MAX = 110

/**
 * `berth agent`: one real node, inside its network namespace. It serves the node's DNS, its way to
 * the API and its service rules, and runs the pods that are bound to it. Containers outlive it.
 */
export async function runAgent(configFile: string): Promise<void> {
  const config = readAgentConfig(configFile)
  const log = pinoLog('info').child({ node: config.name })
  const transport = createHttpTransport({
    server: config.apiServer,
    socketPath: config.apiSocket,
    ca: config.authority,
    certificate: config.certificate,
    key: config.key,
    userAgent: `berth-agent/${VERSION}`,
  })
  const client = createClient(transport, { fieldManager: 'kubelet' })
  const clock = systemClock
  const random = systemRandom
  const informers = createInformers({ client, clock, log })
  const answer = createDnsResponder({ informers, clusterDomain: CLUSTER_DOMAIN })
  const dns = await openDnsServer({ host: DNS_ADDRESS, port: DNS_PORT, answer, log })
  const proxy = await openTcpProxy({ host: API_ADDRESS, port: API_PORT, target: { path: config.apiSocket } })
  const rules = serviceRules(config, { informers, clock, log })
  const runtime = await createCriRuntime({ socket: config.containerdSocket, images: nodeImages(config) })
  const events = createEventRecorder({ client, clock, random, log, component: 'kubelet' })
  const agent = await startNodeAgent({
    client,
    informers,
    runtime,
    host: createNodeHost({ cgroupParent: config.cgroupParent }),
    clock,
    random,
    log,
    events,
    node: describeNode(config, runtime.version),
    paths: { root: config.root },
    dns: {
      domain: CLUSTER_DOMAIN,
      servers: [DNS_ADDRESS],
      host: { servers: [DNS_ADDRESS], searches: [], options: [] },
    },
  })
  await rules.start()
  const stats = createNodeStats({
    nodeName: config.name,
    usage: createUsage(config.cgroupParent),
    pods: () => agent.pods.workers(),
  })
  const statsPages = createStatsPages(stats)
  const ownPages = createNodePages({
    pods: () => agent.pods.workers().map(({ pod }) => pod),
    config: { clusterDomain: CLUSTER_DOMAIN, clusterDNS: [DNS_ADDRESS], maxPods: PODS_MAX },
  })
  const pages = async (path: string) => (await statsPages(path)) ?? ownPages(path)
  const door = await openAgentDoor(config.doorSocket, agent.streams, pages)
  log.info('agent is ready')
  onceStopped(async () => {
    agent.stop()
    rules.stop()
    informers.stop()
    await Promise.all([door.close(), dns.close(), proxy.close()])
    runtime.close()
    transport.close()
    rmSync(config.doorSocket, { force: true })
  }, log)
  process.on('unhandledRejection', (reason) => log.error('a promise failed unheard', { error: messageOf(reason) }))
}

/** The kernel's rules for services on this node; DNS and the API it answers for itself. */
const serviceRules = (
  config: AgentConfig,
  parts: Pick<ServiceRulesDeps, 'informers' | 'clock' | 'log'>,
): ServiceRules =>
  new ServiceRules({
    ...parts,
    apply: applyNftables,
    serviceRange: SERVICE_RANGE,
    nodeName: config.name,
    servedHere: new Set(['default/kubernetes', 'kube-system/kube-dns']),
  })

function nodeImages(config: AgentConfig) {
  const enterHost = ['nsenter', `--net=${config.hostNamespace}`]
  const store = createImageStore({ layout: config.images, enterHost })
  return createNodeImages({ store, socket: config.containerdSocket, images: config.imageChoice })
}

function describeNode(config: AgentConfig, runtimeVersion: string): NodeDescription {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const resources = {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: String(PODS_MAX),
    'ephemeral-storage': '100Gi',
  }
  return {
    name: config.name,
    addresses: [
      { type: 'InternalIP', address: config.address },
      { type: 'Hostname', address: config.name },
    ],
    labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': architecture },
    capacity: resources,
    allocatable: resources,
    nodeInfo: {
      architecture,
      operatingSystem: 'linux',
      kernelVersion: release(),
      osImage: 'Debian GNU/Linux',
      containerRuntimeVersion: runtimeVersion.replace(' ', '://'),
      kubeletVersion: `v1.36.3+berth.${VERSION}`,
      kubeProxyVersion: '',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  }
}
