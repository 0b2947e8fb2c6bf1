import type { ContainerStatus, Pod, PodStatus } from '../../api/types.ts'
import { SparseMap } from '../../base/sparse.ts'
import { podFullName } from './container_status.ts'
import type { PodEvents } from './ports.ts'

/** Tells once per crash that a container waits before it starts again. */
export class BackOffEvents {
  readonly #events: PodEvents
  readonly #told = new SparseMap<string, number>()

  constructor(events: PodEvents) {
    this.#events = events
  }

  tell(pod: Pod, status: PodStatus): void {
    this.#tellAll(pod, status.initContainerStatuses ?? [], 'initContainers')
    this.#tellAll(pod, status.containerStatuses ?? [], 'containers')
  }

  #tellAll(pod: Pod, statuses: readonly ContainerStatus[], field: string): void {
    for (const one of statuses) {
      if (one.state?.waiting?.reason !== 'CrashLoopBackOff' || this.#told.get(one.name) === one.restartCount) continue
      this.#told.set(one.name, one.restartCount)
      const message = `Back-off restarting failed container ${one.name} in pod ${podFullName({ pod })}`
      this.#events.record(pod, 'Warning', 'BackOff', message, `spec.${field}{${one.name}}`)
    }
  }
}
