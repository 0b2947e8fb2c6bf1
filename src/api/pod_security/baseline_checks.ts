import type { Container } from '../types.ts'
import {
  type Check,
  type CheckedPod,
  containersText,
  distinct,
  hasOwnUsers,
  namesWhere,
  plural,
  quoted,
  settersText,
  type Violation,
} from './check.ts'
import { appArmor, seccompOfAnnotations, seccompOfFields, seLinux } from './profile_checks.ts'

const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

function capabilities({ containers }: CheckedPod): Violation | undefined {
  const bad = addedBeyond(containers, (name) => DEFAULT_CAPABILITIES.has(name))
  return bad === undefined ? undefined : { reason: 'non-default capabilities', detail: bad }
}

/** Which containers add capabilities that are not allowed, and which those are. */
export function addedBeyond(
  containers: readonly Container[],
  isAllowed: (capability: string) => boolean,
): string | undefined {
  const beyond = containers.map(({ name, securityContext }) => ({
    name,
    added: (securityContext?.capabilities?.add ?? []).filter((one) => !isAllowed(one)),
  }))
  const bad = beyond.filter(({ added }) => added.length > 0)
  if (bad.length === 0) return undefined
  const added = distinct(bad.flatMap((one) => one.added))
  const names = bad.map(({ name }) => name)
  return `${containersText(names)} must not include ${quoted(added)} in securityContext.capabilities.add`
}

function hostNamespaces({ spec }: CheckedPod): Violation | undefined {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true)
  if (shared.length === 0) return undefined
  return { reason: 'host namespaces', detail: shared.map((field) => `${field}=true`).join(', ') }
}

function hostPathVolumes({ spec }: CheckedPod): Violation | undefined {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
  if (names.length === 0) return undefined
  return { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` }
}

function hostPorts(pod: CheckedPod): Violation | undefined {
  const portsOf = ({ ports = [] }: Container): string[] =>
    ports.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))
  const names = namesWhere(pod, (one) => portsOf(one).length > 0)
  if (names.length === 0) return undefined
  const ports = distinct(pod.containers.flatMap(portsOf))
  const uses = names.length === 1 ? 'uses' : 'use'
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${uses} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
  }
}

/** Probes and hooks that speak to somebody else than the pod. */
function probeHosts(pod: CheckedPod): Violation | undefined {
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap((handler) =>
      [handler?.httpGet?.host, handler?.tcpSocket?.host].flatMap((host) => (host ? [host] : [])),
    )
  const names = distinct(namesWhere(pod, (one) => hostsOf(one).length > 0))
  if (names.length === 0) return undefined
  const hosts = distinct(pod.containers.flatMap(hostsOf))
  const uses = names.length === 1 ? 'uses' : 'use'
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(names)} ${uses} ${plural('probe or lifecycle host', hosts.length)} ${quoted(hosts)}`,
  }
}

function privileged(pod: CheckedPod): Violation | undefined {
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.privileged === true)
  if (names.length === 0) return undefined
  return { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` }
}

/** Whether `/proc` is shown as containers usually see it. */
export function procMount(pod: CheckedPod): Violation | undefined {
  const mountOf = ({ securityContext }: Container): string => securityContext?.procMount ?? 'Default'
  const names = namesWhere(pod, (one) => mountOf(one) !== 'Default')
  if (names.length === 0) return undefined
  const types = distinct(pod.containers.map(mountOf).filter((type) => type !== 'Default'))
  return {
    reason: 'procMount',
    detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(types)}`,
  }
}

const SYSCTLS_AT_FIRST = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
]
const SYSCTLS_SINCE_27 = [...SYSCTLS_AT_FIRST, 'net.ipv4.ip_local_reserved_ports']
const SYSCTLS_SINCE_29 = [
  ...SYSCTLS_SINCE_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]
const SYSCTLS_SINCE_32 = [...SYSCTLS_SINCE_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']

const sysctlsOf =
  (allowed: readonly string[]) =>
  ({ spec }: CheckedPod): Violation | undefined => {
    const names = (spec.securityContext?.sysctls ?? [])
      .map(({ name }) => name)
      .filter((name) => !allowed.includes(name))
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
  }

function hostProcess(pod: CheckedPod): Violation | undefined {
  const isSet = (context: { windowsOptions?: { hostProcess?: boolean } } | undefined): boolean =>
    context?.windowsOptions?.hostProcess === true
  const setters = settersText(
    isSet(pod.spec.securityContext),
    namesWhere(pod, ({ securityContext }) => isSet(securityContext)),
  )
  if (setters === '') return undefined
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` }
}

/** What stops the known ways from a pod to its node, in the order in which violations are told. */
export const BASELINE_CHECKS: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', versions: [{ since: 0, check: appArmor }] },
  { id: 'capabilities_baseline', level: 'baseline', versions: [{ since: 0, check: capabilities }] },
  { id: 'hostNamespaces', level: 'baseline', versions: [{ since: 0, check: hostNamespaces }] },
  { id: 'hostPathVolumes', level: 'baseline', versions: [{ since: 0, check: hostPathVolumes }] },
  { id: 'hostPorts', level: 'baseline', versions: [{ since: 0, check: hostPorts }] },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', versions: [{ since: 34, check: probeHosts }] },
  { id: 'privileged', level: 'baseline', versions: [{ since: 0, check: privileged }] },
  {
    id: 'procMount',
    level: 'baseline',
    versions: [
      { since: 0, check: procMount },
      { since: 35, check: (pod) => (hasOwnUsers(pod) ? undefined : procMount(pod)) },
    ],
  },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      { since: 0, check: seLinux(['container_t', 'container_init_t', 'container_kvm_t']) },
      { since: 31, check: seLinux(['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']) },
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      { since: 0, check: seccompOfAnnotations },
      { since: 19, check: seccompOfFields },
    ],
  },
  {
    id: 'sysctls',
    level: 'baseline',
    versions: [
      { since: 0, check: sysctlsOf(SYSCTLS_AT_FIRST) },
      { since: 27, check: sysctlsOf(SYSCTLS_SINCE_27) },
      { since: 29, check: sysctlsOf(SYSCTLS_SINCE_29) },
      { since: 32, check: sysctlsOf(SYSCTLS_SINCE_32) },
    ],
  },
  { id: 'windowsHostProcess', level: 'baseline', versions: [{ since: 0, check: hostProcess }] },
]
