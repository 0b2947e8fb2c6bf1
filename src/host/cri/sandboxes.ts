import { assert } from '../../base/assert.ts'
import type { Sandbox, SandboxConfig } from '../../node/runtime.ts'
import { type CriClient, goneIsFine, isNotFound } from './cri_client.ts'
import { QUERY_DEADLINE_MS } from './limits.ts'
import { millisOf, ofPod, type WireSandbox, type WireSandboxStatus } from './messages.ts'
import { type SandboxFacts, sandboxRequest } from './requests.ts'

/** The sandbox half of the runtime port. */
export function sandboxCalls(client: CriClient, pauseImage: () => Promise<void>) {
  // A sandbox's addresses never change, so each is asked for once.
  const addresses = new Map<string, readonly string[]>()
  const ipsOf = async (id: string) => {
    const known = addresses.get(id) ?? (await askForAddresses(client, id))
    if (known.length > 0) addresses.set(id, known)
    return known
  }
  const list = async (podUid?: string): Promise<readonly Sandbox[]> => {
    const { items } = await client.call<{ items: readonly WireSandbox[] }>(
      'ListPodSandbox',
      ofPod(podUid),
      QUERY_DEADLINE_MS,
    )
    if (podUid === undefined) {
      const ids = new Set(items.map(({ id }) => id))
      for (const id of addresses.keys()) if (!ids.has(id)) addresses.delete(id)
    }
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
      const made = (await list(config.pod.uid)).find((sandbox) => sandbox.id === id)
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
  const { hostname, hostNetwork, shareProcessNamespace, logDirectory, cgroupParent } = config
  const { hostPid = false, hostIpc = false, privileged = false } = config
  const shared = { hostNetwork, shareProcessNamespace, hostPid, hostIpc }
  const facts: SandboxFacts = { hostname, ...shared, logDirectory, cgroupParent, privileged }
  return { [FACTS_ANNOTATION]: JSON.stringify(facts) }
}

/** How a sandbox was made, also by an agent before this one. @throws Error when it is not there */
export async function factsOf(client: CriClient, sandboxId: string): Promise<SandboxFacts> {
  type Listed = { items: readonly (WireSandbox & { annotations: Readonly<Record<string, string>> })[] }
  const { items } = await client.call<Listed>('ListPodSandbox', { filter: { id: sandboxId } }, QUERY_DEADLINE_MS)
  const facts = items.find(({ id }) => id === sandboxId)?.annotations[FACTS_ANNOTATION]
  if (facts === undefined) throw new Error(`there is no sandbox ${sandboxId}`)
  return JSON.parse(facts) as SandboxFacts
}
