import { systemClock } from '../../base/clock.ts'
import type { ContainerRuntime, ContainerStats } from '../../node/runtime.ts'
import { PAUSE_IMAGE } from '../machine/containerd_config.ts'
import { keepAwake } from '../processes.ts'
import { containerCalls } from './containers.ts'
import { type CriClient, connectCri, isNotReadyYet } from './cri_client.ts'
import { ensureImage, type ImageSource } from './cri_images.ts'
import { QUERY_DEADLINE_MS, START_DEADLINE_MS, START_POLL_MS } from './limits.ts'
import { millisOf, type WireStats } from './messages.ts'
import { streamRequest } from './requests.ts'
import { sandboxCalls } from './sandboxes.ts'

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
  const version = await firstAnswer(client)
  const sandboxes = sandboxCalls(client, pauseImageOnce(client, options.images))
  return {
    version: `${version.runtime_name} ${version.runtime_version.replace(/^v/, '').replace(/~.*$/, '')}`,
    ...sandboxes,
    ...containerCalls(client),
    streamUrl: async (request) => {
      const { method, message } = streamRequest(request)
      return (await client.call<{ url: string }>(method, message, QUERY_DEADLINE_MS)).url
    },
    ensureImage: (reference, policy, how) => ensureImage(client, options.images, { reference, policy, ...how }),
    stats: async () => {
      const answer = await client.call<{ stats: readonly WireStats[] }>('ListContainerStats', {}, QUERY_DEADLINE_MS)
      return answer.stats.map(statsOf).filter((stats) => stats !== undefined)
    },
    close: () => client.close(),
  }
}

interface WireVersion {
  readonly runtime_name: string
  readonly runtime_version: string
}

/** A containerd that has just been started answers that it is not initialised yet. */
async function firstAnswer(client: CriClient): Promise<WireVersion> {
  const until = systemClock.now() + START_DEADLINE_MS
  for (;;) {
    try {
      return await client.call<WireVersion>('Version', {}, QUERY_DEADLINE_MS)
    } catch (error) {
      if (!isNotReadyYet(error) || systemClock.now() > until) throw error
      await keepAwake(START_POLL_MS)
    }
  }
}

/** containerd would look for the pods' pause image in a registry; so it is brought before the first pod. */
function pauseImageOnce(client: CriClient, images: ImageSource): () => Promise<void> {
  let brought: Promise<unknown> | undefined
  return async () => {
    brought ??= ensureImage(client, images, { reference: PAUSE_IMAGE, policy: 'IfNotPresent' })
    await brought.catch((error) => {
      brought = undefined
      throw error
    })
  }
}

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
