import { join } from 'node:path'
import { NODES } from '../api/resources.ts'
import type { Node } from '../api/types.ts'
import { type Millis, sleep, systemClock } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import type { Client } from '../client/client.ts'
import type { CertificateAuthority } from '../host/certificates.ts'
import type { ImageChoice } from '../host/images/origin.ts'
import { createMachine, type Machine } from '../host/machine/machine.ts'
import { type AgentConfig, agrees, writeAgentConfig } from './agent_config.ts'
import type { DataDirectory } from './data_directory.ts'
import { agentDoor } from './data_directory.ts'
import { UserError } from './options.ts'
import { nodeName } from './simulated_nodes.ts'
import { buildId } from './version.ts'

export interface RealNodesDeps {
  readonly directory: DataDirectory
  readonly count: number
  readonly port: number
  readonly imageChoice: ImageChoice
  readonly authority: CertificateAuthority
  readonly client: Client
  readonly log: Log
  readonly report: (step: string) => void
}

const READY_MS_MAX = 120_000
const POLL_MS = 20
/** How often the supervisor looks whether containerd and the agents still run. */
const SUPERVISE_MS = 2_000

/** Brings up nodes with real containers; what still runs of an earlier start is taken over. Resolves when all are Ready. */
export async function startRealNodes(deps: RealNodesDeps): Promise<{ stop(): void }> {
  const machine = createMachine({ dataDirectory: deps.directory.root, log: deps.log })
  const names = Array.from({ length: deps.count }, (_, index) => nodeName(index))
  deps.report(`starting ${names.join(', ')}`)
  const startedAt = systemClock.now()
  const starts = await Promise.all(names.map((name, index) => startNode(deps, machine, name, index)))
  const awaited = names.map((name, index) => ({ name, since: starts[index] === 'taken over' ? 0 : startedAt }))
  await untilReady(deps.client, awaited)
  return supervise(deps, machine, names)
}

/** `taken over`: its agent runs since an earlier start, and says rarely that the node is Ready. */
async function startNode(
  deps: RealNodesDeps,
  machine: Machine,
  name: string,
  index: number,
): Promise<'started' | 'taken over'> {
  const { directory, authority } = deps
  const node = await machine.nodeUp({ name, index })
  const credentials = await authority.keptClient(name, {
    commonName: `system:node:${name}`,
    organizations: ['system:nodes'],
  })
  const configFile = join(directory.run, name, 'agent-config.json')
  const config: AgentConfig = {
    build: buildId(),
    name,
    address: node.address,
    podRange: node.podRange,
    containerdSocket: node.containerdSocket,
    cgroupParent: node.cgroupParent,
    root: join(directory.nodes, name),
    images: directory.images,
    imageChoice: deps.imageChoice,
    hostNamespace: machine.paths.hostNamespace,
    apiSocket: directory.apiSocket,
    apiServer: `https://localhost:${deps.port}`,
    doorSocket: agentDoor(directory, name),
    authority: authority.certificate,
    certificate: credentials.certificate,
    key: credentials.key,
  }
  if (!agrees(configFile, config)) await machine.stopAgent(name)
  writeAgentConfig(configFile, config)
  const start = machine.agentOf(name) === undefined ? 'started' : 'taken over'
  machine.startAgent(name, {
    command: [process.execPath, ...process.execArgv, process.argv[1] as string, 'agent', configFile],
  })
  await machine.untilContainerdListens(name)
  return start
}

interface AwaitedNode {
  readonly name: string
  /** A node is Ready when its agent says so now; what an agent said that has ended does not count. */
  readonly since: Millis
}

async function untilReady(client: Client, nodes: readonly AwaitedNode[]): Promise<void> {
  const until = systemClock.now() + READY_MS_MAX
  for (;;) {
    const { items } = await client.list(NODES)
    const waiting = nodes.filter(
      ({ name, since }) => !items.some((node) => node.metadata.name === name && isReady(node, since)),
    )
    if (waiting.length === 0) return
    if (systemClock.now() > until) {
      throw new UserError(
        `not Ready after ${READY_MS_MAX / 1000} s: ${waiting.map(({ name }) => name).join(', ')}; their logs lie in log/agent-NAME.log`,
      )
    }
    await sleep(systemClock, POLL_MS)
  }
}

function isReady(node: Node, since: number): boolean {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True' && Date.parse(ready.lastHeartbeatTime ?? '') >= Math.floor(since / 1000) * 1000
}

/** Starts again what has died: a containerd or an agent, whoever killed it. */
function supervise(deps: RealNodesDeps, machine: Machine, names: readonly string[]): { stop(): void } {
  let stopped = false
  const look = async () => {
    for (const [index, name] of names.entries()) {
      if (stopped) return
      if (machine.containerdOf(name) !== undefined && machine.agentOf(name) !== undefined) continue
      try {
        await startNode(deps, machine, name, index)
      } catch (error) {
        deps.log.error('cannot mend a node', { node: name, error: messageOf(error) })
      }
    }
    if (!stopped) timer = systemClock.after(SUPERVISE_MS, () => void look())
  }
  let timer = systemClock.after(SUPERVISE_MS, () => void look())
  return {
    stop: () => {
      stopped = true
      timer.cancel()
    },
  }
}
