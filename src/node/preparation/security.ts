import type { Container, Pod } from '../../api/types.ts'
import { allContainersOf } from '../pod_worker/containers.ts'
import { ConfigError } from '../pod_worker/ports.ts'
import type { ContainerConfig, RuntimeImage, SandboxConfig, SeccompProfile } from '../runtime.ts'

/**
 * As whom a container runs and what it may do; the container's own settings before the pod's.
 * @throws ConfigError when it must not run as root and may
 */
export function containerSecurity(pod: Pod, container: Container, image: RuntimeImage): ContainerConfig['security'] {
  const common = pod.spec.securityContext ?? {}
  const own = container.securityContext ?? {}
  const runAsUser = own.runAsUser ?? common.runAsUser
  const runAsGroup = own.runAsGroup ?? common.runAsGroup
  if (own.runAsNonRoot ?? common.runAsNonRoot ?? false) checkNonRoot(runAsUser, image)
  return {
    privileged: own.privileged === true,
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
    supplementalGroups: [
      ...(common.supplementalGroups ?? []),
      ...(common.fsGroup === undefined ? [] : [common.fsGroup]),
    ],
    addCapabilities: own.capabilities?.add ?? [],
    dropCapabilities: own.capabilities?.drop ?? [],
    readOnlyRootFilesystem: own.readOnlyRootFilesystem === true,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    ...seccompOf(own.seccompProfile ?? common.seccompProfile),
    ...(own.procMount === 'Unmasked' ? { unmaskedProc: true } : {}),
  }
}

/** What the pod as a whole says of the processes that hold its namespaces. */
export function sandboxSecurity(
  pod: Pod,
): Pick<SandboxConfig, 'hostPid' | 'hostIpc' | 'privileged' | 'seccomp' | 'sysctls'> {
  const { sysctls = [], seccompProfile } = pod.spec.securityContext ?? {}
  return {
    hostPid: pod.spec.hostPID === true,
    hostIpc: pod.spec.hostIPC === true,
    privileged: allContainersOf(pod.spec).some((one) => one.securityContext?.privileged === true),
    sysctls: Object.fromEntries(sysctls.map((one) => [one.name, one.value])),
    ...seccompOf(seccompProfile),
  }
}

type Profile = NonNullable<NonNullable<Container['securityContext']>['seccompProfile']>

function seccompOf(profile: Profile | undefined): { readonly seccomp?: SeccompProfile } {
  if (profile === undefined) return {}
  if (profile.type === 'Localhost')
    return { seccomp: { file: `${SECCOMP_DIRECTORY}/${profile.localhostProfile ?? ''}` } }
  return { seccomp: profile.type === 'RuntimeDefault' ? 'RuntimeDefault' : 'Unconfined' }
}

/** Where profiles of the node's own lie, as on other nodes. */
const SECCOMP_DIRECTORY = '/var/lib/kubelet/seccomp'

function checkNonRoot(runAsUser: number | undefined, image: RuntimeImage): void {
  const user = runAsUser ?? image.user
  if (user === undefined) {
    throw new ConfigError('container has runAsNonRoot and image has non-numeric user, cannot verify user is non-root')
  }
  if (user === 0 && runAsUser === 0) throw new ConfigError("container's runAsUser breaks non-root policy")
  if (user === 0) throw new ConfigError('container has runAsNonRoot and image will run as root')
}
