import { chmod, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { assert } from '../base/assert.ts'
import type { VolumeStore } from '../controllers/volumes/store.ts'

/** Databases of any user write into it; who may is decided inside the container. */
const VOLUME_MODE = 0o777

/** Volumes as directories below `root`, one a volume. */
export function volumeDirectories(root: string): VolumeStore {
  return {
    create: async (name) => {
      const path = pathOf(root, name)
      await mkdir(path, { recursive: true, mode: 0o755 })
      await chmod(path, VOLUME_MODE)
      return path
    },
    // Renamed first: a removal that is cut off half-way must not leave half a volume under its name.
    delete: async (name) => {
      const doomed = join(root, `.deleted-${name}`)
      await rename(pathOf(root, name), doomed).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
      await rm(doomed, { recursive: true, force: true })
    },
  }
}

function pathOf(root: string, name: string): string {
  assert(/^[a-z0-9][-a-z0-9.]*$/.test(name), `${name} is a volume's name`)
  return join(root, name)
}
