import type { NodePaths } from './machine_paths.ts'

/** The image of the process that holds a pod's namespaces; built from Debian's static busybox. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10'

/** What the machine has; it decides over a few settings. */
export interface ContainerdSurroundings {
  readonly cniPlugins: string
  readonly runtimeBinary: string
  /** Without CAP_SYS_RESOURCE lowering an oom score is refused, and every sandbox would fail. */
  readonly mayLowerOomScore: boolean
  readonly snapshotter: 'overlayfs' | 'native'
}

/**
 * A containerd of its own for one node: nothing of it lies in the system's folders. The format is
 * version 2, which containerd 1.6 to 2.x read.
 */
export function containerdConfig(paths: NodePaths, surroundings: ContainerdSurroundings): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return `version = 2
root = ${text(paths.root)}
state = ${text(paths.state)}
disabled_plugins = [${UNUSED_PLUGINS.map(text).join(', ')}]

[grpc]
address = ${text(paths.socket)}

[debug]
level = "warn"

[${cri}]
sandbox_image = ${text(PAUSE_IMAGE)}
restrict_oom_score_adj = ${!surroundings.mayLowerOomScore}
netns_mounts_under_state_dir = true
stream_server_address = "127.0.0.1"
stream_server_port = "0"
enable_unprivileged_ports = true
enable_unprivileged_icmp = true
tolerate_missing_hugetlb_controller = true

[${cri}.cni]
bin_dir = ${text(surroundings.cniPlugins)}
conf_dir = ${text(paths.cniConfigs)}

[${cri}.containerd]
snapshotter = ${text(surroundings.snapshotter)}
default_runtime_name = "runc"

[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
BinaryName = ${text(surroundings.runtimeBinary)}
Root = ${text(paths.runc)}
SystemdCgroup = false
`
}

/** They would make folders outside of ours, or look for devices that are not there. */
const UNUSED_PLUGINS = [
  'io.containerd.internal.v1.opt',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.tracing.processor.v1.otlp',
  'io.containerd.internal.v1.tracing',
]

/** A TOML basic string: JSON's escapes are a subset of TOML's. */
function text(value: string): string {
  return JSON.stringify(value)
}
