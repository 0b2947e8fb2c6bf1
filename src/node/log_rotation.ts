import type { Clock, Timer } from '../base/clock.ts'
import { type Log, messageOf } from '../base/log.ts'
import type { HostFiles } from './host_port.ts'
import { LOG_BYTES_MOST, LOG_FILES_MOST, LOG_LOOK_MS } from './limits.ts'
import type { PodManager } from './pod_manager.ts'
import { logFile, type NodePaths, rotatedLog } from './preparation/paths.ts'
import type { ContainerRuntime } from './runtime.ts'

export interface LogRotationDeps {
  readonly clock: Clock
  readonly log: Log
  readonly files: HostFiles
  readonly runtime: Pick<ContainerRuntime, 'reopenLog'>
  readonly paths: NodePaths
  readonly pods: Pick<PodManager, 'workers'>
}

/** Keeps the log files of running containers from growing without end. */
export class LogRotation {
  readonly #deps: LogRotationDeps
  #timer: Timer | undefined
  #stopped = false

  constructor(deps: LogRotationDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = this.#deps.clock.after(LOG_LOOK_MS, () => {
      void this.#look().finally(() => {
        if (!this.#stopped) this.start()
      })
    })
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  async #look(): Promise<void> {
    const { files, log, paths, pods } = this.#deps
    for (const { containers, pod } of pods.workers()) {
      for (const one of containers) {
        const path = logFile(paths, pod, one)
        try {
          if (one.state === 'running' && ((await files.size(path)) ?? 0) > LOG_BYTES_MOST)
            await this.#rotate(path, one.id)
        } catch (error) {
          log.warn('cannot rotate a log', { pod: pod.metadata.name, container: one.name, error: messageOf(error) })
        }
      }
    }
  }

  /** The oldest goes first, so that a rotation that is broken off loses nothing newer. */
  async #rotate(path: string, id: string): Promise<void> {
    const { files, runtime } = this.#deps
    await files.removeTree(rotatedLog(path, LOG_FILES_MOST - 1))
    for (let age = LOG_FILES_MOST - 2; age >= 1; age--) {
      if ((await files.size(rotatedLog(path, age))) === undefined) continue
      await files.rename(rotatedLog(path, age), rotatedLog(path, age + 1))
    }
    await files.rename(path, rotatedLog(path, 1))
    try {
      await runtime.reopenLog(id)
    } catch (error) {
      // It ended meanwhile: its log must stay where it is looked for.
      if ((await files.size(path)) === undefined) await files.rename(rotatedLog(path, 1), path)
      throw error
    }
  }
}
