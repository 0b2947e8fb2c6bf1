import { findCniPlugins, findTool, hasCgroups, hasOverlay, isRoot, mayMount } from './surroundings.ts'

/** Something that this machine lacks. */
export interface Finding {
  /** A sentence for the user. */
  readonly problem: string
  /** The command that mends it; undefined where no single command does. */
  readonly mend: string | undefined
  /** `containers`: no real containers without it; `images`: none can be built here. */
  readonly stops: 'containers' | 'images'
}

/** Everything that stands between this machine and real containers; an empty list is good news. */
export function examineMachine(): readonly Finding[] {
  const findings: Finding[] = []
  const note = (stops: Finding['stops'], problem: string, mend?: string) => findings.push({ problem, mend, stops })
  if (process.platform !== 'linux') note('containers', `This is ${process.platform}; real containers need Linux.`)
  if (!isRoot())
    note('containers', 'Not run as root; containers, namespaces and mounts need it.', 'sudo ./bin/berth up')
  else if (!mayMount()) note('containers', 'This root lacks CAP_SYS_ADMIN; namespaces and mounts are refused.')
  for (const [tool, debianPackage] of TOOLS) {
    if (findTool(tool) === undefined) note('containers', `The program ${tool} is missing.`, install(debianPackage))
  }
  if (findTool('runc') === undefined && findTool('crun') === undefined) {
    note('containers', 'There is neither runc nor crun.', install('runc'))
  }
  if (findCniPlugins() === undefined) {
    note('containers', 'The CNI plugins are missing.', install('containernetworking-plugins'))
  }
  if (process.platform === 'linux' && !hasCgroups()) note('containers', 'No cgroups are mounted at /sys/fs/cgroup.')
  if (process.platform === 'linux' && !hasOverlay()) note('images', 'The kernel has no overlayfs; images are copied.')
  if (findTool('mmdebstrap') === undefined) note('images', 'The program mmdebstrap is missing.', install('mmdebstrap'))
  if (findTool('skopeo') === undefined) note('images', 'The program skopeo is missing.', install('skopeo'))
  return findings
}

const TOOLS: readonly (readonly [tool: string, debianPackage: string])[] = [
  ['containerd', 'containerd'],
  ['ctr', 'containerd'],
  ['nft', 'nftables'],
  ['ip', 'iproute2'],
  ['nsenter', 'util-linux'],
  ['unshare', 'util-linux'],
]

function install(debianPackage: string): string {
  return `apt-get install --no-install-recommends ${debianPackage}`
}
