import { duplicate, type FieldError, invalid, required } from '../../field_error.ts'
import type { Container, PodSpec } from '../../types.ts'
import { oneOf } from '../../validation/checks.ts'
import { goNamed } from '../../validation/go_names.ts'
import { userIdErrors } from '../../validation/numbers.ts'
import { appArmorErrors, seccompErrors } from './pod_validation_profiles.ts'
import { windowsOptionErrors } from './pod_validation_windows.ts'

type SecurityContext = NonNullable<Container['securityContext']>
type PodSecurityContext = NonNullable<PodSpec['securityContext']>

const GROUP_CHANGE_POLICIES = ['Always', 'OnRootMismatch']
const PROC_MOUNTS = ['Default', 'Unmasked']
const SUPPLEMENTAL_POLICIES = ['Merge', 'Strict']
const SELINUX_POLICIES = ['Recursive']
const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const SYSCTL_CHARACTERS_MAX = 253

/** The privileges of one container. */
export function containerSecurityErrors(
  context: SecurityContext | undefined,
  at: string,
  hostUsers: boolean,
): FieldError[] {
  if (context === undefined) return []
  return [
    ...userIdErrors(context.runAsUser, `${at}.runAsUser`),
    ...userIdErrors(context.runAsGroup, `${at}.runAsGroup`),
    ...oneOf(context.procMount, PROC_MOUNTS, `${at}.procMount`),
    ...(hostUsers && context.procMount === 'Unmasked'
      ? [invalid(`${at}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`')]
      : []),
    ...seccompErrors(context.seccompProfile, `${at}.seccompProfile`),
    ...escalationErrors(context, at),
    ...windowsOptionErrors(context.windowsOptions, `${at}.windowsOptions`),
    ...appArmorErrors(context.appArmorProfile, `${at}.appArmorProfile`),
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

/** The privileges that all containers of a pod share. */
export const podSecurityErrors = (spec: PodSpec, at: string): FieldError[] =>
  spec.securityContext ? podContextErrors(spec.securityContext, spec, at) : []

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
      ? [invalid(`${at}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
      : []),
    ...sysctlErrors(context.sysctls ?? [], spec, `${at}.sysctls`),
    ...oneOf(context.fsGroupChangePolicy, GROUP_CHANGE_POLICIES, `${at}.fsGroupChangePolicy`),
    ...seccompErrors(context.seccompProfile, `${at}.seccompProfile`),
    ...windowsOptionErrors(context.windowsOptions, `${at}.windowsOptions`),
    ...appArmorErrors(context.appArmorProfile, `${at}.appArmorProfile`),
    ...oneOf(context.supplementalGroupsPolicy, SUPPLEMENTAL_POLICIES, `${at}.supplementalGroupsPolicy`),
    ...oneOf(context.seLinuxChangePolicy, SELINUX_POLICIES, `${at}.seLinuxChangePolicy`),
  ]
}

function sysctlErrors(sysctls: readonly { readonly name: string }[], spec: PodSpec, field: string): FieldError[] {
  const names = new Set<string>()
  const form = new RegExp(SYSCTL)
  return sysctls.flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`
    const errors = nameErrors(name ?? '', names, at)
    names.add(name)
    return [...errors, ...hostSysctlErrors(name ?? '', spec, at)]
  })

  function nameErrors(name: string, taken: ReadonlySet<string>, at: string): FieldError[] {
    if (!name) return [required(at)]
    if (name.length > SYSCTL_CHARACTERS_MAX || !form.test(name)) {
      return [invalid(at, name, `must have at most ${SYSCTL_CHARACTERS_MAX} characters and match regex ${SYSCTL}`)]
    }
    return taken.has(name) ? [duplicate(at, name)] : []
  }
}

/** A pod that shares the host's network or memory may not tune them. */
function hostSysctlErrors(name: string, spec: PodSpec, field: string): FieldError[] {
  const plain = name.replaceAll('/', '.')
  const ofNetwork = plain.startsWith('net.')
  const ofIpc = /^(kernel\.shm|kernel\.msg|fs\.mqueue\.|kernel\.sem$)/.test(plain)
  if (spec.hostNetwork && ofNetwork) return [invalid(field, name, "may not be specified when 'hostNetwork' is true")]
  return spec.hostIPC && ofIpc ? [invalid(field, name, "may not be specified when 'hostIPC' is true")] : []
}
