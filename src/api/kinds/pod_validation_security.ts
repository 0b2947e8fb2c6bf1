import type * as k8s from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { Container, PodSpec, Wire } from '../types.ts'
import { goNamed } from '../validation/go_names.ts'
import { userIdErrors } from '../validation/numbers.ts'

type SecurityContext = NonNullable<Container['securityContext']>
type PodSecurityContext = NonNullable<PodSpec['securityContext']>
type Profile = Wire<k8s.V1SeccompProfile>

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']
const GROUP_CHANGE_POLICIES = ['Always', 'OnRootMismatch']
const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const SYSCTL_CHARACTERS_MAX = 253

/** The privileges of one container. */
export function containerSecurityErrors(context: SecurityContext | undefined, at: string): FieldError[] {
  if (context === undefined) return []
  return [
    ...userIdErrors(context.runAsUser, `${at}.runAsUser`),
    ...userIdErrors(context.runAsGroup, `${at}.runAsGroup`),
    ...profileErrors(context.seccompProfile, 'seccomp', `${at}.seccompProfile`),
    ...escalationErrors(context, at),
    ...profileErrors(context.appArmorProfile, 'AppArmor', `${at}.appArmorProfile`),
  ]
}

/** Who may do everything cannot be kept from gaining more. */
function escalationErrors(context: SecurityContext, at: string): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return []
  const value = goNamed('core.SecurityContext', context)
  const prefix = 'cannot set `allowPrivilegeEscalation` to false and'
  return [
    ...(context.privileged === true ? [invalid(at, value, `${prefix} \`privileged\` to true`)] : []),
    ...(context.capabilities?.add?.includes('CAP_SYS_ADMIN')
      ? [invalid(at, value, `${prefix} \`capabilities.Add\` CAP_SYS_ADMIN`)]
      : []),
  ]
}

function profileErrors(profile: Profile | undefined, word: string, at: string): FieldError[] {
  if (profile === undefined) return []
  const { type, localhostProfile } = profile
  if (!type) return [required(`${at}.type`, `type is required when ${word}Profile is set`)]
  if (!PROFILE_TYPES.includes(type)) return [notSupported(`${at}.type`, type, PROFILE_TYPES)]
  const field = `${at}.localhostProfile`
  if (type === 'Localhost') {
    return localhostProfile ? [] : [required(field, `must be set when ${word} type is Localhost`)]
  }
  return localhostProfile ? [invalid(field, localhostProfile, `can only be set when ${word} type is Localhost`)] : []
}

/** The privileges that all containers of a pod share, and what the host's network asks of ports. */
export function podSecurityErrors(spec: PodSpec, at: string): FieldError[] {
  return [
    ...(spec.hostNetwork ? hostNetworkErrors(spec.containers ?? [], `${at}.containers`) : []),
    ...(spec.securityContext ? podContextErrors(spec.securityContext, spec, at) : []),
  ]
}

const hostNetworkErrors = (containers: readonly Container[], field: string): FieldError[] =>
  containers.flatMap((container, index) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, portIndex) =>
      hostPort === containerPort
        ? []
        : [
            invalid(
              `${field}[${index}].ports[${portIndex}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ],
    ),
  )

function podContextErrors(context: PodSecurityContext, spec: PodSpec, specAt: string): FieldError[] {
  const at = `${specAt}.securityContext`
  return [
    ...userIdErrors(context.fsGroup, `${at}.fsGroup`),
    ...userIdErrors(context.runAsUser, `${at}.runAsUser`),
    ...userIdErrors(context.runAsGroup, `${at}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((id, index) =>
      userIdErrors(id, `${at}.supplementalGroups[${index}]`),
    ),
    ...(spec.shareProcessNamespace && spec.hostPID
      ? [invalid(`${specAt}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...sysctlErrors(context.sysctls ?? [], `${at}.sysctls`),
    ...choice(context.fsGroupChangePolicy, GROUP_CHANGE_POLICIES, `${at}.fsGroupChangePolicy`),
    ...profileErrors(context.seccompProfile, 'seccomp', `${at}.seccompProfile`),
    ...profileErrors(context.appArmorProfile, 'AppArmor', `${at}.appArmorProfile`),
  ]
}

const choice = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [notSupported(field, value, known)]

function sysctlErrors(sysctls: readonly { readonly name: string }[], field: string): FieldError[] {
  const names = new Set<string>()
  const form = new RegExp(SYSCTL)
  return sysctls.flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`
    if (!name) return [required(at)]
    if (name.length > SYSCTL_CHARACTERS_MAX || !form.test(name)) {
      return [invalid(at, name, `must have at most ${SYSCTL_CHARACTERS_MAX} characters and match regex ${SYSCTL}`)]
    }
    if (names.has(name)) return [duplicate(at, name)]
    names.add(name)
    return []
  })
}
