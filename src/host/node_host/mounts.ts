import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HostMounts } from '../../node/host_port.ts'
import { mountPointsBelow } from '../machine/namespaces.ts'
import { mustRun } from '../processes.ts'
import { openBelow } from './sub_path.ts'

/** The machine's mounts. Mounted already, and unmounted already, is success. */
export const mounts: HostMounts = {
  mountTmpfs: async (target, { sizeBytes, mode }) => {
    if (isMounted(target)) return
    const options = [
      `mode=${mode.toString(8)}`,
      'nosuid',
      'nodev',
      ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`]),
    ]
    await mustRun(['mount', '-t', 'tmpfs', '-o', options.join(','), 'tmpfs', target])
  },
  bind: async (source, target, { readonly }) => {
    if (isMounted(target)) return
    await bindTo(source, target)
    if (readonly) await mustRun(['mount', '-o', 'remount,bind,ro', target])
  },
  bindSubPath: async ({ volumeRoot, subPath, target, createMode }) => {
    if (isMounted(target)) return
    const opened = await openBelow(volumeRoot, subPath, createMode)
    try {
      await makeTarget(target, (await opened.stat()).isDirectory())
      // The name may lead elsewhere by now; what was opened cannot.
      await bindTo(`/proc/${process.pid}/fd/${opened.fd}`, target)
    } finally {
      await opened.close()
    }
  },
  unmountBelow: async (path) => {
    for (const point of mountPointsBelow(path)) await mustRun(['umount', '--no-canonicalize', point])
  },
}

/** Taken as it is written: resolving the source first would be the very gap that is to be closed. */
async function bindTo(source: string, target: string): Promise<void> {
  await mustRun(['mount', '--no-canonicalize', '--bind', source, target])
}

function isMounted(target: string): boolean {
  return mountPointsBelow(target).includes(target)
}

async function makeTarget(target: string, directory: boolean): Promise<void> {
  await fs.mkdir(directory ? target : dirname(target), { recursive: true, mode: 0o755 })
  if (directory) return
  const handle = await fs.open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o644)
  await handle.close()
}
