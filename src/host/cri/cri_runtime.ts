import { assert } from '../../base/assert.ts'
import type {
  ContainerRuntime,
  ContainerStats,
  ExecResult,
  RuntimeContainer,
  Sandbox,
  SandboxConfig,
} from '../../node/runtime.ts'
import { PAUSE_IMAGE } from '../machine/containerd_config.ts'
import { type CriClient, connectCri, isNotFound, isTimeout } from './cri_client.ts'
import { ensureImage, type ImageSource } from './cri_images.ts'
import { EXEC_EXTRA_MS, QUERY_DEADLINE_MS, STOP_EXTRA_MS } from './limits.ts'
import {
  millisOf,
  POD_NAME_LABEL,
  POD_NAMESPACE_LABEL,
  POD_UID_LABEL,
  type WireContainer,
  type WireContainerStatus,
  type WireSandbox,
  type WireSandboxStatus,
  type WireStats,
} from './messages.ts'
import { containerRequest, type SandboxFacts, sandboxRequest, streamRequest } from './requests.ts'

export interface CriRuntimeOptions {
  /** containerd's socket. */
  readonly socket: string
  /** Where images come from that this containerd does not have. */
  readonly images: ImageSource
}

export interface CriRuntime extends ContainerRuntime {
  close(): void
}

/**
 * The container runtime port over CRI v1, for containerd 1.6, 1.7 and 2.x.
 * @throws CriError when nobody answers at the socket
 */
export async function createCriRuntime(options: CriRuntimeOptions): Promise<CriRuntime> {
  const client = connectCri(options.socket)
  const version = await client.call<{ runtime_name: string; runtime_version: string }>('Version', {}, QUERY_DEADLINE_MS)
  const sandboxes = sandboxCalls(client, pauseImageOnce(client, options.images))
  return {
    version: `${version.runtime_name} ${version.runtime_version.replace(/^v/, '').replace(/~.*$/, '')}`,
    ...sandboxes,
    ...containerCalls(client),
    streamUrl: async (request) => {
      const { method, message } = streamRequest(request)
      return (await client.call<{ url: string }>(method, message, QUERY_DEADLINE_MS)).url
    },
    ensureImage: (reference, policy) => ensureImage(client, options.images, reference, policy),
    stats: async () => {
      const answer = await client.call<{ stats: readonly WireStats[] }>('ListContainerStats', {}, QUERY_DEADLINE_MS)
      return answer.stats.map(statsOf).filter((stats) => stats !== undefined)
    },
    close: () => client.close(),
  }
}

/** containerd would look for the pods' pause image in a registry; so it is brought before the first pod. */
function pauseImageOnce(client: CriClient, images: ImageSource): () => Promise<void> {
  let brought: Promise<unknown> | undefined
  return async () => {
    brought ??= ensureImage(client, images, PAUSE_IMAGE, 'IfNotPresent')
    await brought.catch((error) => {
      brought = undefined
      throw error
    })
  }
}

function sandboxCalls(client: CriClient, pauseImage: () => Promise<void>) {
  // A sandbox's addresses never change, so each is asked for once.
  const addresses = new Map<string, readonly string[]>()
  const ipsOf = async (id: string) => {
    const known = addresses.get(id) ?? (await askForAddresses(client, id))
    if (known.length > 0) addresses.set(id, known)
    return known
  }
  const list = async (): Promise<readonly Sandbox[]> => {
    const { items } = await client.call<{ items: readonly WireSandbox[] }>('ListPodSandbox', {}, QUERY_DEADLINE_MS)
    for (const id of addresses.keys()) if (!items.some((item) => item.id === id)) addresses.delete(id)
    return Promise.all(
      items.map(async (item) => sandboxOf(item, item.state === 'SANDBOX_READY' ? await ipsOf(item.id) : [])),
    )
  }
  return {
    listSandboxes: list,
    runSandbox: async (config: SandboxConfig) => {
      await pauseImage()
      const request = {
        config: sandboxRequest({ ...config, annotations: { ...config.annotations, ...remember(config) } }),
      }
      const { pod_sandbox_id: id } = await client.call<{ pod_sandbox_id: string }>('RunPodSandbox', request)
      const made = (await list()).find((sandbox) => sandbox.id === id)
      assert(made !== undefined, `the sandbox ${id} that was just made is listed`)
      return made
    },
    stopSandbox: (id: string) => goneIsFine(client.call('StopPodSandbox', { pod_sandbox_id: id })),
    removeSandbox: (id: string) => goneIsFine(client.call('RemovePodSandbox', { pod_sandbox_id: id })),
  }
}

async function askForAddresses(client: CriClient, id: string): Promise<readonly string[]> {
  const answer = await client
    .call<WireSandboxStatus>('PodSandboxStatus', { pod_sandbox_id: id }, QUERY_DEADLINE_MS)
    .catch((error) => (isNotFound(error) ? undefined : Promise.reject(error)))
  const network = answer?.status?.network
  if (!network?.ip) return []
  return [network.ip, ...network.additional_ips.map(({ ip }) => ip)]
}

function sandboxOf(wire: WireSandbox, ips: readonly string[]): Sandbox {
  const { name, namespace, uid, attempt } = wire.metadata
  return {
    id: wire.id,
    pod: { name, namespace, uid },
    attempt,
    state: wire.state === 'SANDBOX_READY' ? 'ready' : 'notready',
    createdAt: millisOf(wire.created_at) ?? 0,
    ips,
  }
}

/** Annotations that tell a later agent how the sandbox was made. */
const FACTS_ANNOTATION = 'berth.dev/sandbox'

function remember(config: SandboxConfig): Record<string, string> {
  const { hostNetwork, shareProcessNamespace, logDirectory, cgroupParent } = config
  const facts: SandboxFacts = { hostNetwork, shareProcessNamespace, logDirectory, cgroupParent }
  return { [FACTS_ANNOTATION]: JSON.stringify(facts) }
}

async function factsOf(client: CriClient, sandboxId: string): Promise<SandboxFacts> {
  type Listed = { items: readonly (WireSandbox & { annotations: Readonly<Record<string, string>> })[] }
  const { items } = await client.call<Listed>('ListPodSandbox', {}, QUERY_DEADLINE_MS)
  const facts = items.find(({ id }) => id === sandboxId)?.annotations[FACTS_ANNOTATION]
  if (facts === undefined) throw new Error(`there is no sandbox ${sandboxId}`)
  return JSON.parse(facts) as SandboxFacts
}

function containerCalls(client: CriClient) {
  // What a listing leaves out. It changes with the state only, so it is asked for once per state.
  const details = new Map<string, WireContainerStatus>()
  const detailsOf = async (container: WireContainer) => {
    const key = container.id
    const known = details.get(key)
    if (known !== undefined && known.state === container.state) return known
    const asked = await client
      .call<{ status: WireContainerStatus }>('ContainerStatus', { container_id: key }, QUERY_DEADLINE_MS)
      .catch((error) => (isNotFound(error) ? undefined : Promise.reject(error)))
    if (asked !== undefined) details.set(key, asked.status)
    return asked?.status
  }
  return {
    listContainers: async () => {
      const answer = await client.call<{ containers: readonly WireContainer[] }>(
        'ListContainers',
        {},
        QUERY_DEADLINE_MS,
      )
      const ids = new Set(answer.containers.map(({ id }) => id))
      for (const id of details.keys()) if (!ids.has(id)) details.delete(id)
      return Promise.all(answer.containers.map(async (container) => containerOf(container, await detailsOf(container))))
    },
    createContainer: async (sandbox: Sandbox, config: Parameters<ContainerRuntime['createContainer']>[1]) => {
      const request = containerRequest(sandbox, await factsOf(client, sandbox.id), config)
      return (await client.call<{ container_id: string }>('CreateContainer', request)).container_id
    },
    startContainer: async (id: string) => void (await client.call('StartContainer', { container_id: id })),
    stopContainer: (id: string, graceSeconds: number) => {
      const request = { container_id: id, timeout: Math.max(0, Math.ceil(graceSeconds)) }
      return goneIsFine(client.call('StopContainer', request, graceSeconds * 1000 + STOP_EXTRA_MS))
    },
    removeContainer: (id: string) => goneIsFine(client.call('RemoveContainer', { container_id: id })),
    execSync: (id: string, command: readonly string[], timeoutMs: number) => execSync(client, id, command, timeoutMs),
    reopenLog: async (id: string) => void (await client.call('ReopenContainerLog', { container_id: id })),
  }
}

const STATES = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
  CONTAINER_UNKNOWN: 'unknown',
} as const

function containerOf(wire: WireContainer, details: WireContainerStatus | undefined): RuntimeContainer {
  // The state may have moved on between the two questions; the later answer counts.
  const state = STATES[details?.state ?? wire.state]
  const label = (name: string) => wire.labels[name] ?? ''
  return {
    id: wire.id,
    pod: { namespace: label(POD_NAMESPACE_LABEL), name: label(POD_NAME_LABEL), uid: label(POD_UID_LABEL) },
    sandboxId: wire.pod_sandbox_id,
    name: wire.metadata.name,
    attempt: wire.metadata.attempt,
    state,
    image: wire.image?.image ?? '',
    imageId: wire.image_ref,
    createdAt: millisOf(wire.created_at) ?? 0,
    startedAt: details && millisOf(details.started_at),
    finishedAt: details && millisOf(details.finished_at),
    exitCode: state === 'exited' ? details?.exit_code : undefined,
    reason: details?.reason || undefined,
    message: details?.message || undefined,
    annotations: wire.annotations,
  }
}

async function execSync(
  client: CriClient,
  id: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<ExecResult> {
  const request = { container_id: id, cmd: command, timeout: Math.max(1, Math.ceil(timeoutMs / 1000)) }
  try {
    const answer = await client.call<{ stdout: Uint8Array; stderr: Uint8Array; exit_code: number }>(
      'ExecSync',
      request,
      timeoutMs + EXEC_EXTRA_MS,
    )
    return { exitCode: answer.exit_code, stdout: answer.stdout, stderr: answer.stderr, timedOut: false }
  } catch (error) {
    // The CRI gives no output of a command that ran out of time.
    if (isTimeout(error)) return { exitCode: 124, stdout: NOTHING, stderr: NOTHING, timedOut: true }
    if (error instanceof Error && COMMAND_MISSING.test(error.message)) {
      return { exitCode: 127, stdout: NOTHING, stderr: new TextEncoder().encode(error.message), timedOut: false }
    }
    throw error
  }
}

const NOTHING = new Uint8Array()
/** A probe whose program is missing has failed; it is no trouble of the runtime. */
const COMMAND_MISSING = /executable file not found|no such file or directory|permission denied|is a directory/

function statsOf(wire: WireStats): ContainerStats | undefined {
  const at = wire.cpu && millisOf(wire.cpu.timestamp)
  if (!at) return undefined
  return {
    containerId: wire.attributes.id,
    cpuNanoseconds: Number(wire.cpu?.usage_core_nano_seconds?.value ?? 0),
    memoryBytes: Number(wire.memory?.working_set_bytes?.value ?? 0),
    at,
  }
}

async function goneIsFine(call: Promise<unknown>): Promise<void> {
  await call.catch((error) => (isNotFound(error) ? undefined : Promise.reject(error)))
}
