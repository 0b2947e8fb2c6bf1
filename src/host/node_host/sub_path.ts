import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { SUB_PATH_DEPTH_MAX } from './limits.ts'

/** What is made in a volume that belongs to a group belongs to it too, however deep. */
const INHERITED_BITS = 0o3000

/**
 * Opens what lies at `subPath` inside a volume, component by component, each below the one that was
 * opened before and without following a symlink. Missing directories are made with `createMode`, and with
 * the owner of the volume's root and its bits for the group and for deleting. Node has no `openat`; a name below `/proc/self/fd/N` is the same.
 *
 * @throws Error when a component is a symlink, or leads out of the volume
 */
export async function openBelow(volumeRoot: string, subPath: string, createMode: number): Promise<fs.FileHandle> {
  const components = componentsOf(subPath)
  let current = await fs.open(volumeRoot, constants.O_RDONLY | constants.O_DIRECTORY)
  const owner = await current.stat()
  try {
    for (const [at, component] of components.entries()) {
      const next = await openComponent(current, component, { isLast: at === components.length - 1, createMode, owner })
      await current.close()
      current = next
    }
    return current
  } catch (error) {
    await current.close()
    throw explained(error as NodeJS.ErrnoException, subPath)
  }
}

function componentsOf(subPath: string): readonly string[] {
  const components = subPath.split('/').filter((component) => component !== '' && component !== '.')
  const escapes = subPath.startsWith('/') || components.includes('..') || subPath.includes('\0')
  if (escapes) throw new Error(`subPath "${subPath}" must stay inside the volume`)
  if (components.length > SUB_PATH_DEPTH_MAX) throw new Error(`subPath has more than ${SUB_PATH_DEPTH_MAX} components`)
  return components
}

interface Step {
  readonly isLast: boolean
  readonly createMode: number
  readonly owner: { readonly uid: number; readonly gid: number; readonly mode: number }
}

async function openComponent(parent: fs.FileHandle, component: string, step: Step): Promise<fs.FileHandle> {
  const path = `/proc/self/fd/${parent.fd}/${component}`
  try {
    return await openExactly(path, step.isLast)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  if (!(await makeDirectory(path, step.createMode))) return openExactly(path, step.isLast)
  const made = await openExactly(path, false)
  await made.chown(step.owner.uid, step.owner.gid)
  await made.chmod(step.createMode | (step.owner.mode & INHERITED_BITS))
  return made
}

/** False: another container of the pod, which is prepared at the same time, was faster. */
async function makeDirectory(path: string, mode: number): Promise<boolean> {
  try {
    await fs.mkdir(path, { mode })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The last component may be a file, also a pipe that nobody writes to; the others are directories. */
function openExactly(path: string, mayBeFile: boolean): Promise<fs.FileHandle> {
  const kind = mayBeFile ? constants.O_NONBLOCK : constants.O_DIRECTORY
  return fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | kind)
}

function explained(error: NodeJS.ErrnoException, subPath: string): Error {
  const followed = error.code === 'ELOOP' || error.code === 'ENOTDIR'
  return followed ? new Error(`subPath "${subPath}" passes a symlink or a file; it must pass directories only`) : error
}
