import { isAlreadyExists, isNotFound } from '../api/error.ts'
import { LEASES, NODES } from '../api/resources.ts'
import type { Lease, Node } from '../api/types.ts'
import type { Clock, Timer } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import { toRfc3339, toRfc3339Micro } from '../base/time.ts'
import type { Client } from '../client/client.ts'
import { KUBELET_PORT, LEASE_DURATION_SECONDS, LEASE_RENEW_MS, NODE_STATUS_MS } from './limits.ts'
import type { PodEvents } from './pod_worker/ports.ts'

/** What a node says of itself. */
export interface NodeDescription {
  readonly name: string
  readonly addresses: readonly { readonly type: 'InternalIP' | 'Hostname' | 'ExternalIP'; readonly address: string }[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
  /** Kernel, operating system, architecture, versions: as in `status.nodeInfo`. */
  readonly nodeInfo: Readonly<Record<string, string>>
}

export interface RegistrationDeps {
  readonly client: Client
  readonly clock: Clock
  readonly log: Log
  readonly node: NodeDescription
  /** Tells what happens to the node; absent: nobody wants to know. */
  readonly events?: PodEvents
}

const LEASE_NAMESPACE = 'kube-node-lease'
const STARTUP_TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** Makes the node known, ready and schedulable, and keeps saying that it lives. */
export class NodeRegistration {
  readonly #deps: RegistrationDeps
  #timer: Timer | undefined
  #stopped = false
  #statusAt = 0

  constructor(deps: RegistrationDeps) {
    this.#deps = deps
  }

  /** Resolves when the API shows the node as ready. @throws ApiError */
  async start(): Promise<void> {
    const { client, events, node } = this.#deps
    await this.#register()
    events?.record(
      await client.get(NODES, { namespace: '', name: node.name }),
      'Normal',
      'Starting',
      'Starting kubelet.',
    )
    await this.#reportStatus()
    await this.#beat()
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  async #register(): Promise<void> {
    const { client, node } = this.#deps
    const labels = { 'kubernetes.io/hostname': node.name, ...node.labels }
    const metadata = {
      name: node.name,
      labels,
      ...(node.annotations === undefined ? {} : { annotations: node.annotations }),
    }
    try {
      await client.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata, spec: {} } as Parameters<
        typeof client.create<Node>
      >[1])
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }

  /** Somebody deleted the node, or the cluster forgot everything: a node that is only known would not be Ready. */
  async #registerAgain(): Promise<void> {
    try {
      await this.#register()
      await this.#reportStatus()
    } catch (error) {
      this.#deps.log.warn('cannot register again', { node: this.#deps.node.name, error: messageOf(error) })
    }
  }

  /** Status first, then the taints that said "not ready": a pod that comes at once finds the node's addresses. */
  async #reportStatus(): Promise<void> {
    const { client, clock, events, node } = this.#deps
    const ref = { namespace: '', name: node.name }
    const current = await client.get(NODES, ref)
    const status = nodeStatus(node, current, toRfc3339(clock.now()))
    const patched = await client.patch(NODES, ref, { type: 'strategic', body: { status }, subresource: 'status' })
    const taints = (patched.spec.taints ?? []).filter((taint) => !STARTUP_TAINTS.includes(taint.key))
    if (taints.length !== (patched.spec.taints ?? []).length) {
      await client.patch(NODES, ref, { type: 'merge', body: { spec: { taints: taints.length === 0 ? null : taints } } })
    }
    this.#statusAt = clock.now()
    if (!isReady(current)) {
      events?.record(patched, 'Normal', 'NodeReady', `Node ${node.name} status is now: NodeReady`)
    }
  }

  async #beat(): Promise<void> {
    const { clock, log } = this.#deps
    try {
      await this.#renewLease()
      if (clock.now() - this.#statusAt >= NODE_STATUS_MS) await this.#reportStatus()
    } catch (error) {
      log.warn('cannot tell that this node lives', { node: this.#deps.node.name, error: messageOf(error) })
      if (isNotFound(error)) await this.#registerAgain()
    }
    if (!this.#stopped) this.#timer = clock.after(LEASE_RENEW_MS, () => void this.#beat())
  }

  async #renewLease(): Promise<void> {
    const { client, clock, node } = this.#deps
    const renewTime = toRfc3339Micro(clock.now())
    const ref = { namespace: LEASE_NAMESPACE, name: node.name }
    try {
      await client.patch(LEASES, ref, { type: 'merge', body: { spec: { renewTime } } })
    } catch (error) {
      if (!isNotFound(error)) throw error
      await this.#createLease(renewTime)
    }
  }

  async #createLease(renewTime: string): Promise<void> {
    const { client, node } = this.#deps
    const owner = await client.get(NODES, { namespace: '', name: node.name })
    await client.create(LEASES, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: node.name,
        namespace: LEASE_NAMESPACE,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: owner.metadata.uid }],
      },
      spec: { holderIdentity: node.name, leaseDurationSeconds: LEASE_DURATION_SECONDS, renewTime },
    } as Parameters<typeof client.create<Lease>>[1])
  }
}

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true

/** Ready, and under no pressure. A transition time changes only with the condition's status. */
function nodeStatus(node: NodeDescription, current: Node, now: string): object {
  const condition = (type: string, status: 'True' | 'False', reason: string, message: string) => {
    const old = current.status?.conditions?.find((one) => one.type === type)
    const since = old?.status === status ? old.lastTransitionTime : now
    return { type, status, lastHeartbeatTime: now, lastTransitionTime: since, reason, message }
  }
  return {
    capacity: node.capacity,
    allocatable: node.allocatable,
    addresses: node.addresses,
    daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
    nodeInfo: node.nodeInfo,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
  }
}
