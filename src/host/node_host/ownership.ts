import type { Stats } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'

interface GroupOptions {
  readonly gid: number
  readonly readonly: boolean
  readonly onRootMismatch: boolean
}

const SETGID = 0o2000

/** Gives a volume to a group, as a pod's fsGroup asks for. Symlinks get the group but are not followed. */
export async function setGroup(root: string, options: GroupOptions): Promise<void> {
  if (options.onRootMismatch && fits(await fs.lstat(root), options)) return
  await setBelow(root, options)
}

/** The root is set last, so that a root that fits means that everything below it does. */
async function setBelow(path: string, options: GroupOptions): Promise<void> {
  const found = await fs.lstat(path)
  if (found.isDirectory()) {
    for (const name of await fs.readdir(path)) await setBelow(join(path, name), options)
  }
  await fs.lchown(path, found.uid, options.gid)
  if (!found.isSymbolicLink()) await fs.chmod(path, wantedMode(found, options))
}

/** The group may do what the volume is for: enter directories always, write unless it is read-only. */
function wantedMode(found: Stats, { readonly }: GroupOptions): number {
  const shared = readonly ? 0o040 : 0o060
  const owned = readonly ? 0o400 : 0o600
  const executable = found.isDirectory() || (found.mode & 0o111) !== 0
  const mode = (found.mode & 0o7777) | shared | owned | (executable ? 0o110 : 0)
  return found.isDirectory() ? mode | SETGID : mode
}

function fits(found: Stats, options: GroupOptions): boolean {
  return found.gid === options.gid && (found.mode & 0o7777) === wantedMode(found, options)
}
