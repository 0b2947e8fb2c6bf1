import { type FSWatcher, watchFile as pollFile, unwatchFile, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { HostWatch } from '../../node/host_port.ts'
import { WATCH_POLL_MS } from './limits.ts'

/**
 * Tells when a file grows, is replaced or appears. The folder is watched, because a watch on the file
 * would follow the old one through a rename. Where that fails, the file is looked at again and again.
 */
export function watchFile(path: string, onChange: () => void): HostWatch {
  const watcher = watchFolder(path, onChange)
  if (watcher !== undefined) return { stop: () => watcher.close() }
  pollFile(path, { interval: WATCH_POLL_MS, persistent: false }, onChange)
  return { stop: () => unwatchFile(path, onChange) }
}

function watchFolder(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    const name = basename(path)
    const watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
      if (changed === null || changed === name) onChange()
    })
    // The folder went away: nothing will change any more, and whoever reads the file notices.
    watcher.on('error', onChange)
    return watcher
  } catch {
    return undefined
  }
}
