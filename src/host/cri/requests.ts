import type { ContainerConfig, Sandbox, SandboxConfig, SeccompProfile, StreamRequest } from '../../node/runtime.ts'
import { CONTAINER_NAME_LABEL, POD_NAME_LABEL, POD_NAMESPACE_LABEL, POD_UID_LABEL } from './messages.ts'

/** What the CRI wants to be told again with every container, so the runtime keeps it per sandbox. */
export function sandboxRequest(config: SandboxConfig): object {
  const { pod } = config
  return {
    metadata: { name: pod.name, uid: pod.uid, namespace: pod.namespace, attempt: config.attempt },
    // A sandbox in the node's network is in its UTS namespace too, where no name may be set.
    hostname: config.hostNetwork ? '' : config.hostname,
    log_directory: config.logDirectory,
    dns_config: config.dns,
    labels: { ...config.labels, ...podLabels(config) },
    annotations: config.annotations,
    linux: {
      cgroup_parent: config.cgroupParent,
      sysctls: config.sysctls,
      security_context: {
        privileged: config.privileged ?? false,
        namespace_options: namespaces(config),
        ...seccomp(config.seccomp),
      },
    },
  }
}

function podLabels(owner: { readonly pod: Sandbox['pod'] }): Record<string, string> {
  return {
    [POD_NAME_LABEL]: owner.pod.name,
    [POD_NAMESPACE_LABEL]: owner.pod.namespace,
    [POD_UID_LABEL]: owner.pod.uid,
  }
}

interface SharedNamespaces {
  readonly hostNetwork: boolean
  readonly shareProcessNamespace: boolean
  readonly hostPid?: boolean
  readonly hostIpc?: boolean
}

/** An absent mode would be read as POD, also for processes: so each one is written. */
function namespaces(shared: SharedNamespaces): object {
  const own = shared.shareProcessNamespace ? 'POD' : 'CONTAINER'
  return {
    network: shared.hostNetwork ? 'NODE' : 'POD',
    pid: shared.hostPid === true ? 'NODE' : own,
    ipc: shared.hostIpc === true ? 'NODE' : 'POD',
  }
}

function seccomp(profile: SeccompProfile | undefined): object {
  if (profile === undefined) return {}
  if (typeof profile === 'string') return { seccomp: { profile_type: profile } }
  return { seccomp: { profile_type: 'Localhost', localhost_ref: profile.file } }
}

/** How a pod's sandbox was made, as far as its containers must agree with it. */
export interface SandboxFacts extends SharedNamespaces {
  /** Without it the runtime puts the machine's own name into `HOSTNAME`. */
  readonly hostname: string
  readonly logDirectory: string
  readonly cgroupParent: string
  /** Only in such a sandbox may a container be privileged. */
  readonly privileged?: boolean
}

export function containerRequest(sandbox: Sandbox, facts: SandboxFacts, config: ContainerConfig): object {
  return {
    pod_sandbox_id: sandbox.id,
    sandbox_config: {
      metadata: { ...sandbox.pod, attempt: sandbox.attempt },
      hostname: facts.hostname,
      log_directory: facts.logDirectory,
      linux: {
        cgroup_parent: facts.cgroupParent,
        security_context: { privileged: facts.privileged ?? false },
      },
    },
    config: {
      metadata: { name: config.name, attempt: config.attempt },
      image: { image: config.image.id },
      command: config.command,
      args: config.args,
      working_dir: config.workingDir,
      envs: config.env.map(({ name, value }) => ({ key: name, value })),
      mounts: config.mounts.map((mount) => ({
        container_path: mount.containerPath,
        host_path: mount.hostPath,
        readonly: mount.readonly,
        propagation: PROPAGATION[mount.propagation],
      })),
      labels: { ...podLabels(sandbox), [CONTAINER_NAME_LABEL]: config.name },
      annotations: config.annotations,
      log_path: config.logPath,
      stdin: config.stdin,
      stdin_once: config.stdinOnce,
      tty: config.tty,
      linux: { resources: resources(config.resources), security_context: security(config, facts) },
    },
  }
}

const PROPAGATION = {
  private: 'PROPAGATION_PRIVATE',
  rslave: 'PROPAGATION_HOST_TO_CONTAINER',
  rshared: 'PROPAGATION_BIDIRECTIONAL',
} as const

function resources(wanted: ContainerConfig['resources']): object {
  return {
    ...(wanted.cpuShares !== undefined && { cpu_shares: wanted.cpuShares }),
    ...(wanted.cpuQuota !== undefined && { cpu_quota: wanted.cpuQuota }),
    ...(wanted.cpuPeriod !== undefined && { cpu_period: wanted.cpuPeriod }),
    ...(wanted.memoryLimitBytes !== undefined && { memory_limit_in_bytes: wanted.memoryLimitBytes }),
    ...(wanted.oomScoreAdj !== undefined && { oom_score_adj: wanted.oomScoreAdj }),
  }
}

function security({ processesOf, security: wanted }: ContainerConfig, facts: SandboxFacts): object {
  const isUnmasked = wanted.privileged || wanted.unmaskedProc === true
  return {
    privileged: wanted.privileged,
    capabilities: { add_capabilities: wanted.addCapabilities, drop_capabilities: wanted.dropCapabilities },
    namespace_options: {
      ...namespaces(facts),
      ...(processesOf !== undefined && { pid: 'TARGET', target_id: processesOf }),
    },
    ...(wanted.runAsUser !== undefined && { run_as_user: { value: wanted.runAsUser } }),
    ...(wanted.runAsGroup !== undefined && { run_as_group: { value: wanted.runAsGroup } }),
    supplemental_groups: wanted.supplementalGroups,
    readonly_rootfs: wanted.readOnlyRootFilesystem,
    no_new_privs: wanted.noNewPrivileges,
    masked_paths: isUnmasked ? [] : MASKED_PATHS,
    readonly_paths: isUnmasked ? [] : READONLY_PATHS,
    ...seccomp(wanted.seccomp),
  }
}

/** What of the kernel a container does not see, and what it sees but cannot change (ProcMount "Default"). */
const MASKED_PATHS = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
]
const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/** The call and the request for a stream. */
export function streamRequest(request: StreamRequest): { readonly method: string; readonly message: object } {
  if (request.kind === 'portforward') {
    return { method: 'PortForward', message: { pod_sandbox_id: request.sandboxId, port: request.ports } }
  }
  const { stdin, stdout, tty } = request
  // A terminal has one output only; the runtime refuses a second one.
  const message = { container_id: request.containerId, stdin, stdout, stderr: request.stderr && !tty, tty }
  return request.kind === 'exec'
    ? { method: 'Exec', message: { ...message, cmd: request.command } }
    : { method: 'Attach', message }
}
