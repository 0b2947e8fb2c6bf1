import { CLAIMS, CONFIG_MAPS, SECRETS } from '../../api/resources.ts'
import type { Container, Pod, Volume } from '../../api/types.ts'
import type { Informers } from '../../client/informer.ts'
import { hostnameOf } from '../hostname.ts'
import { type ContainerRequest, type PodPreparation, VolumeError } from '../pod_worker/ports.ts'
import { GRACE_ANNOTATION, SPEC_HASH_ANNOTATION, specHash } from '../pod_worker/spec_hash.ts'
import type { ContainerConfig, SandboxConfig } from '../runtime.ts'

/**
 * What simulated pods need: no files at all, but a pod still waits for the claims, configuration and
 * secrets that it refers to.
 */
export function simulatedPreparation(informers: Informers | undefined): PodPreparation {
  const mounted = new Set<string>()
  const sources = informers === undefined ? undefined : sourcesOf(informers)
  return {
    isMounted: (podUid) => mounted.has(podUid),
    async mount(pod) {
      for (const volume of pod.spec.volumes ?? []) if (sources !== undefined) checkVolume(sources, pod, volume)
      mounted.add(pod.metadata.uid)
    },
    async unmount(pod) {
      mounted.delete(pod.metadata.uid)
    },
    sandboxConfig: async (pod, attempt) => sandboxConfigOf(pod, attempt),
    containerConfig: async (request) => containerConfigOf(request),
    terminationMessage: async () => undefined,
    forgetInstance: async () => {},
    async forget(pod) {
      mounted.delete(pod.metadata.uid)
    },
  }
}

type Sources = ReturnType<typeof sourcesOf>

function sourcesOf(informers: Informers) {
  return { claims: informers.of(CLAIMS), configMaps: informers.of(CONFIG_MAPS), secrets: informers.of(SECRETS) }
}

function checkVolume(sources: Sources, pod: Pod, volume: Volume): void {
  const { namespace = '' } = pod.metadata
  const { configMap, secret, persistentVolumeClaim } = volume
  const fail = (what: string): never => {
    throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${what} not found`)
  }
  if (
    configMap !== undefined &&
    configMap.optional !== true &&
    !sources.configMaps.get(`${namespace}/${configMap.name}`)
  ) {
    fail(`configmap "${configMap.name}"`)
  }
  if (secret !== undefined && secret.optional !== true && !sources.secrets.get(`${namespace}/${secret.secretName}`)) {
    fail(`secret "${secret.secretName}"`)
  }
  if (persistentVolumeClaim === undefined) return
  const claim = sources.claims.get(`${namespace}/${persistentVolumeClaim.claimName}`)
  if (claim === undefined) fail(`persistentvolumeclaim "${persistentVolumeClaim.claimName}"`)
}

function sandboxConfigOf(pod: Pod, attempt: number): SandboxConfig {
  const { name, namespace = '', uid } = pod.metadata
  return {
    ...NO_SANDBOX_SETTINGS,
    pod: { name, namespace, uid },
    attempt,
    hostname: hostnameOf(pod),
    hostNetwork: pod.spec.hostNetwork === true,
    annotations: pod.metadata.annotations ?? NO_ANNOTATIONS,
  }
}

const NO_ANNOTATIONS: Readonly<Record<string, string>> = {}
const NO_SANDBOX_SETTINGS = {
  logDirectory: '',
  dns: { servers: [], searches: [], options: [] },
  shareProcessNamespace: false,
  labels: {},
  sysctls: {},
  cgroupParent: '',
} as const

function containerConfigOf({ pod, container, attempt, image }: ContainerRequest): ContainerConfig {
  return { ...NO_CONTAINER_SETTINGS, name: container.name, attempt, image, annotations: annotationsOf(pod, container) }
}

function annotationsOf(pod: Pod, container: Container): Readonly<Record<string, string>> {
  return {
    [SPEC_HASH_ANNOTATION]: specHash(container),
    [GRACE_ANNOTATION]: String(pod.spec.terminationGracePeriodSeconds ?? ''),
  }
}

const NO_CONTAINER_SETTINGS = {
  command: [],
  args: [],
  workingDir: '',
  env: [],
  mounts: [],
  stdin: false,
  stdinOnce: false,
  tty: false,
  logPath: '',
  resources: {},
  security: {
    privileged: false,
    supplementalGroups: [],
    addCapabilities: [],
    dropCapabilities: [],
    readOnlyRootFilesystem: false,
    noNewPrivileges: false,
  },
} as const
