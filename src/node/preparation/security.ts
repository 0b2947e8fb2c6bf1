import type { Container, Pod } from '../../api/types.ts'
import { ConfigError } from '../pod_worker/ports.ts'
import type { ContainerConfig, RuntimeImage } from '../runtime.ts'

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
  }
}

function checkNonRoot(runAsUser: number | undefined, image: RuntimeImage): void {
  const user = runAsUser ?? image.user
  if (user === undefined) {
    throw new ConfigError('container has runAsNonRoot and image has non-numeric user, cannot verify user is non-root')
  }
  if (user === 0 && runAsUser === 0) throw new ConfigError("container's runAsUser breaks non-root policy")
  if (user === 0) throw new ConfigError('container has runAsNonRoot and image will run as root')
}
