import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DirectoryEntry, FileMode, HostFiles } from '../../node/host_port.ts'
import { mountPointsBelow } from '../machine/namespaces.ts'
import { setGroup } from './ownership.ts'
import { watchFile } from './watch_file.ts'

/** The machine's files. */
export const files: HostFiles = {
  makeDirectory: async (path, mode) => {
    await fs.mkdir(dirname(path), { recursive: true, mode: 0o755 })
    await fs.mkdir(path, { mode: mode.mode }).catch(unless('EEXIST'))
    const found = await fs.lstat(path)
    if (!found.isDirectory()) throw new Error(`${path} is there already and is no directory`)
    await applyMode(path, mode)
  },
  writeFile: async (path, content, mode) => {
    const draft = `${path}.${process.pid}.${drafts++}.new`
    try {
      await fs.writeFile(draft, content, { flag: 'wx', mode: 0o600 })
      await applyMode(draft, mode)
      await fs.rename(draft, path)
    } catch (error) {
      await fs.rm(draft, { force: true })
      throw error
    }
  },
  touchFile: async (path, mode) => {
    const handle = await fs.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
    await handle.close()
    await applyMode(path, mode)
  },
  readFile: async (path, { offset = 0, bytesMax }) => {
    const handle = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(missing)
    if (handle === undefined) return undefined
    try {
      const found = await handle.stat()
      if (!found.isFile()) return undefined
      const start = offset < 0 ? Math.max(0, found.size + offset) : offset
      const length = Math.min(bytesMax, Math.max(0, found.size - start))
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position: start })
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  },
  size: async (path) => (await fs.lstat(path).catch(missing))?.size,
  identity: async (path) => {
    const found = await fs.lstat(path, { bigint: true }).catch(missing)
    return found && `${found.dev}:${found.ino}`
  },
  kindOf: async (path) => {
    const found = await fs.stat(path).catch(missing)
    if (found === undefined) return undefined
    if (found.isFile()) return 'file'
    if (found.isDirectory()) return 'directory'
    if (found.isSocket()) return 'socket'
    if (found.isCharacterDevice()) return 'charDevice'
    return found.isBlockDevice() ? 'blockDevice' : 'other'
  },
  list: async (path) => {
    const entries = await fs.readdir(path, { withFileTypes: true }).catch(missing)
    return entries?.map(entryOf).sort((a, b) => (a.name < b.name ? -1 : 1))
  },
  symlink: async (target, path) => {
    const draft = `${path}.${process.pid}.${drafts++}.new`
    await fs.symlink(target, draft)
    await fs.rename(draft, path)
  },
  readLink: (path) => fs.readlink(path).catch(missing),
  rename: (from, to) => fs.rename(from, to),
  removeTree: async (path) => {
    const mounted = mountPointsBelow(path)
    if (mounted.length > 0) throw new Error(`${path} is not removed: ${mounted.join(', ')} is still mounted`)
    await fs.rm(path, { recursive: true, force: true })
  },
  setGroup,
  watchFile,
}

let drafts = 0

/** Whatever the umask says. */
async function applyMode(path: string, { mode, uid, gid }: FileMode): Promise<void> {
  if (uid !== undefined || gid !== undefined) {
    const found = await fs.lstat(path)
    await fs.lchown(path, uid ?? found.uid, gid ?? found.gid)
  }
  // After the owner: the kernel clears setgid and setuid when that changes.
  await fs.chmod(path, mode)
}

function entryOf(entry: {
  name: string
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}): DirectoryEntry {
  if (entry.isFile()) return { name: entry.name, kind: 'file' }
  if (entry.isDirectory()) return { name: entry.name, kind: 'directory' }
  return { name: entry.name, kind: entry.isSymbolicLink() ? 'symlink' : 'other' }
}

/** A missing file is a value. So is one below something that is no directory, and a link where none is followed. */
function missing(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL'].includes(error.code ?? '')) return undefined
  throw error
}

function unless(code: string): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code !== code) throw error
  }
}
