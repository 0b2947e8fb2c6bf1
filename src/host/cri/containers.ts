import type { ContainerRuntime, ExecResult, RuntimeContainer, Sandbox } from '../../node/runtime.ts'
import { type CriClient, goneIsFine, isNotFound, isTimeout } from './cri_client.ts'
import { EXEC_EXTRA_MS, QUERY_DEADLINE_MS, STOP_EXTRA_MS } from './limits.ts'
import {
  millisOf,
  ofPod,
  POD_NAME_LABEL,
  POD_NAMESPACE_LABEL,
  POD_UID_LABEL,
  type WireContainer,
  type WireContainerStatus,
} from './messages.ts'
import { containerRequest } from './requests.ts'
import { factsOf } from './sandboxes.ts'

/** The container half of the runtime port. */
export function containerCalls(client: CriClient) {
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
    listContainers: async (podUid?: string) => {
      const answer = await client.call<{ containers: readonly WireContainer[] }>(
        'ListContainers',
        ofPod(podUid),
        QUERY_DEADLINE_MS,
      )
      if (podUid === undefined) {
        const ids = new Set(answer.containers.map(({ id }) => id))
        for (const id of details.keys()) if (!ids.has(id)) details.delete(id)
      }
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
