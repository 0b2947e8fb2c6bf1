import type { Pod, Service } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import { environmentOf } from '../env.ts'
import { expandVariables } from '../expand.ts'
import { hostnameOf } from '../hostname.ts'
import { LOG_FILES_MOST } from '../limits.ts'
import { type ClusterDns, dnsSettingsOf, hostsFileOf } from '../pod_files.ts'
import { ConfigError, type ContainerRequest, type PodPreparation } from '../pod_worker/ports.ts'
import { GRACE_ANNOTATION, SPEC_HASH_ANNOTATION, specHash } from '../pod_worker/spec_hash.ts'
import { numberOfQuantity } from '../quantity_number.ts'
import type { ContainerConfig, SandboxConfig } from '../runtime.ts'
import { isProjected } from '../volumes/projected_files.ts'
import { containerMounts } from './container_mounts.ts'
import { notSupportedIn } from './not_supported.ts'
import {
  hostsFile,
  logFile,
  logsDirectory,
  mountedMark,
  podDirectory,
  podLogDirectory,
  podsDirectory,
  rotatedLog,
  terminationFile,
} from './paths.ts'
import { containerResources, podResources, qosClassOf } from './resources.ts'
import { containerSecurity, sandboxSecurity } from './security.ts'
import { terminationMessageOf } from './termination_message.ts'
import { mountVolume, type VolumeMounterDeps, writeProjected } from './volume_mounter.ts'

export interface HostPreparationDeps extends VolumeMounterDeps {
  readonly dns: ClusterDns
  readonly services: () => readonly Service[]
}

export interface HostPreparation extends PodPreparation {
  /** Brings configuration, secrets and tokens in the volumes of a running pod up to date. */
  refresh(pod: Pod): Promise<void>
  /** Removes what pods left that went while no agent ran; `isKnown` tells which are still somebody's. */
  sweep(isKnown: (podUid: string) => boolean): Promise<void>
}

/** Writes what real pods find when they start. Resolves when it knows what an earlier agent has mounted. */
export async function createHostPreparation(deps: HostPreparationDeps): Promise<HostPreparation> {
  const { host, paths } = deps
  const mounted = await mountedBefore(deps)
  const refreshes = new OneAfterAnother()
  return {
    isMounted: (podUid) => mounted.has(podUid),
    async mount(pod) {
      const directory = podDirectory(paths, pod.metadata.uid)
      await host.files.makeDirectory(directory, { mode: 0o750 })
      try {
        await deps.sources.looked(pod)
        await mountVolumes(deps, pod).catch(async () => {
          await deps.sources.catchUp(pod)
          await mountVolumes(deps, pod)
        })
        await host.files.touchFile(mountedMark(paths, pod.metadata.uid), { mode: 0o600 })
        mounted.add(pod.metadata.uid)
      } catch (error) {
        await host.mounts.unmountBelow(directory)
        throw error
      }
    },
    async unmount(pod) {
      await host.mounts.unmountBelow(podDirectory(paths, pod.metadata.uid))
      await host.files.removeTree(mountedMark(paths, pod.metadata.uid))
      mounted.delete(pod.metadata.uid)
    },
    refresh: (pod) => refreshes.run(pod.metadata.uid, () => refreshVolumes(deps, pod, mounted)),
    sweep: (isKnown) => sweepDirectories(deps, isKnown),
    notSupported: notSupportedIn,
    sandboxConfig: (pod, attempt) => sandboxConfigOf(deps, pod, attempt),
    containerConfig: (request) => containerConfigOf(deps, request),
    terminationMessage: (pod, container, instance) =>
      terminationMessageOf(host.files, container, instance, {
        messageFile: terminationFile(paths, pod.metadata.uid, instance),
        logFile: logFile(paths, pod, instance),
      }),
    async forgetInstance(pod, name, attempt) {
      const path = logFile(paths, pod, { name, attempt })
      for (let age = 1; age < LOG_FILES_MOST; age++) await host.files.removeTree(rotatedLog(path, age))
      await host.files.removeTree(path)
    },
    async forget(pod) {
      const { uid } = pod.metadata
      await host.mounts.unmountBelow(podDirectory(paths, uid))
      await host.files.removeTree(podDirectory(paths, uid))
      await host.files.removeTree(podLogDirectory(paths, pod))
      await host.cgroups.removePod(uid)
      mounted.delete(uid)
    },
  }
}

/** All at once; the first failure is told when none is being mounted any more. */
async function mountVolumes(deps: HostPreparationDeps, pod: Pod): Promise<void> {
  const ends = await Promise.allSettled((pod.spec.volumes ?? []).map((volume) => mountVolume(deps, pod, volume)))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function refreshVolumes(deps: HostPreparationDeps, pod: Pod, mounted: ReadonlySet<string>): Promise<void> {
  for (const volume of pod.spec.volumes ?? []) {
    if (mounted.has(pod.metadata.uid) && isProjected(volume)) await writeProjected(deps, pod, volume)
  }
}

/** Mounts go first, so that no volume's content is ever removed through one. */
async function sweepDirectories(
  { host, paths }: HostPreparationDeps,
  isKnown: (podUid: string) => boolean,
): Promise<void> {
  for (const { name: uid } of (await host.files.list(podsDirectory(paths))) ?? []) {
    if (isKnown(uid)) continue
    await host.mounts.unmountBelow(podDirectory(paths, uid))
    await host.files.removeTree(podDirectory(paths, uid))
    await host.cgroups.removePod(uid)
  }
  for (const { name } of (await host.files.list(logsDirectory(paths))) ?? []) {
    if (!isKnown(name.slice(name.lastIndexOf('_') + 1))) await host.files.removeTree(`${logsDirectory(paths)}/${name}`)
  }
}

/** Two refreshes of one pod never run at once: they would replace each other's half-made directories. */
class OneAfterAnother {
  readonly #last = new Map<string, Promise<void>>()

  run(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.catch(() => undefined)
    this.#last.set(key, settled)
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    return mine
  }
}

async function mountedBefore({ host, paths }: HostPreparationDeps): Promise<Set<string>> {
  const mounted = new Set<string>()
  for (const { name } of (await host.files.list(podsDirectory(paths))) ?? []) {
    if ((await host.files.size(mountedMark(paths, name))) !== undefined) mounted.add(name)
  }
  return mounted
}

async function sandboxConfigOf(deps: HostPreparationDeps, pod: Pod, attempt: number): Promise<SandboxConfig> {
  const { name, namespace = '', uid } = pod.metadata
  const logDirectory = podLogDirectory(deps.paths, pod)
  await deps.host.files.makeDirectory(logDirectory, { mode: 0o755 })
  const cgroupParent = await deps.host.cgroups.makePod({ uid, qosClass: qosClassOf(pod), ...podResources(pod) })
  return {
    pod: { name, namespace, uid },
    attempt,
    hostname:
      pod.spec.setHostnameAsFQDN === true && pod.spec.subdomain ? fullName(pod, deps.dns.domain) : hostnameOf(pod),
    logDirectory,
    dns: dnsSettingsOf(pod, deps.dns),
    hostNetwork: pod.spec.hostNetwork === true,
    shareProcessNamespace: pod.spec.shareProcessNamespace === true,
    labels: pod.metadata.labels ?? {},
    annotations: pod.metadata.annotations ?? {},
    ...sandboxSecurity(pod),
    cgroupParent,
  }
}

const fullName = (pod: Pod, domain: string): string =>
  `${hostnameOf(pod)}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${domain}`

async function containerConfigOf(deps: HostPreparationDeps, request: ContainerRequest): Promise<ContainerConfig> {
  const { attempt, container, image, pod, podIps, processesOf } = request
  if ((container.volumeDevices ?? []).length > 0) throw new ConfigError('block volumes are not supported by this node')
  const env = environmentOf(pod, container, { ...deps.sources, ...deps, services: deps.services(), podIps })
  const environment = new Map(env.map((one) => [one.name, one.value]))
  const expand = (words: readonly string[] | undefined) =>
    (words ?? []).map((word) => expandVariables(word, environment))
  await writeHostsFile(deps, pod, podIps)
  const mounts = await containerMounts(deps, { pod, container, attempt, environment }).catch((error) => {
    throw error instanceof ConfigError
      ? error
      : new ConfigError(`failed to prepare mounts for container "${container.name}": ${messageOf(error)}`)
  })
  await deps.host.files.makeDirectory(`${podLogDirectory(deps.paths, pod)}/${container.name}`, { mode: 0o755 })
  return {
    name: container.name,
    attempt,
    image,
    command: expand(container.command),
    args: expand(container.args),
    workingDir: container.workingDir ?? '',
    env,
    mounts,
    ...(processesOf === undefined ? {} : { processesOf }),
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    logPath: `${container.name}/${attempt}.log`,
    annotations: {
      [SPEC_HASH_ANNOTATION]: specHash(container),
      [GRACE_ANNOTATION]: String(pod.spec.terminationGracePeriodSeconds ?? ''),
    },
    resources: containerResources(pod, container, numberOfQuantity(deps.allocatable['memory'] ?? '0')),
    security: containerSecurity(pod, container, image),
  }
}

async function writeHostsFile(
  { dns, host, paths }: HostPreparationDeps,
  pod: Pod,
  podIps: readonly string[],
): Promise<void> {
  if (pod.spec.hostNetwork === true) return
  const content = new TextEncoder().encode(hostsFileOf(pod, podIps, dns.domain))
  await host.files.writeFile(hostsFile(paths, pod.metadata.uid), content, { mode: 0o644 })
}
