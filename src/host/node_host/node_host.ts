import type { HostPort } from '../../node/host_port.ts'
import { createCgroups } from './cgroups.ts'
import { dial } from './dial.ts'
import { files } from './files.ts'
import { mounts } from './mounts.ts'

/** What the node agent needs from a real machine. The process runs inside the node's network namespace. */
export function createNodeHost(options: { readonly cgroupParent: string }): HostPort {
  return { files, mounts, dial, cgroups: createCgroups(options.cgroupParent) }
}
