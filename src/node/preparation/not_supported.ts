import type { Container, Pod } from '../../api/types.ts'
import { allContainersOf } from '../pod_worker/containers.ts'

/** What a pod asks for that a real node of this kind passes over, as paths in its spec: its user has to know. */
export function notSupportedIn(pod: Pod): readonly string[] {
  const { hostUsers, runtimeClassName, securityContext } = pod.spec
  return [
    ...(runtimeClassName ? ['runtimeClassName'] : []),
    ...(hostUsers === false ? ['hostUsers'] : []),
    ...(securityContext?.seLinuxOptions === undefined ? [] : ['securityContext.seLinuxOptions']),
    ...(hasProfile(securityContext) ? ['securityContext.appArmorProfile'] : []),
    ...allContainersOf(pod.spec).flatMap((container) =>
      fieldsOf(pod, container).map((field) => `containers{${container.name}}.${field}`),
    ),
  ]
}

function fieldsOf(pod: Pod, { ports = [], securityContext }: Container): readonly string[] {
  const forwards = pod.spec.hostNetwork !== true && ports.some((port) => (port.hostPort ?? 0) > 0)
  return [
    ...(forwards ? ['ports.hostPort'] : []),
    ...(securityContext?.seLinuxOptions === undefined ? [] : ['securityContext.seLinuxOptions']),
    ...(hasProfile(securityContext) ? ['securityContext.appArmorProfile'] : []),
  ]
}

/** Without AppArmor "Unconfined" is what a container gets anyway. */
const hasProfile = (context: { readonly appArmorProfile?: { readonly type: string } } | undefined): boolean =>
  context?.appArmorProfile !== undefined && context.appArmorProfile.type !== 'Unconfined'
