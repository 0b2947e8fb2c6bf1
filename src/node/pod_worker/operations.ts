import { ApiError, isConflict, isNotFound } from '../../api/error.ts'
import { PODS } from '../../api/resources.ts'
import type { Container, Pod } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import { containerNamed } from './containers.ts'
import { OperationError } from './operation_error.ts'
import { startContainer } from './operation_start.ts'
import { stopContainer } from './operation_stop.ts'
import { VolumeError } from './ports.ts'
import type { Action, PodView } from './view.ts'
import type { WorkerDeps } from './worker.ts'
import type { WorkerMemory } from './worker_memory.ts'

/** Carries actions out; each tells its own events. */
export class Operations {
  readonly #deps: WorkerDeps
  readonly #memory: WorkerMemory
  readonly #view: () => PodView

  readonly #accepted: (pod: Pod) => void
  readonly #wake: () => void

  constructor(
    deps: WorkerDeps,
    memory: WorkerMemory,
    sight: { readonly view: () => PodView; readonly accepted: (pod: Pod) => void; readonly wake: () => void },
  ) {
    this.#deps = deps
    this.#memory = memory
    this.#view = sight.view
    this.#accepted = sight.accepted
    this.#wake = sight.wake
  }

  /** @throws OperationError, or whatever the runtime says */
  async run(action: Exclude<Action, { do: 'forget' }>): Promise<void> {
    const { pod } = this.#view()
    switch (action.do) {
      case 'mountVolumes':
        return this.#mount(pod)
      case 'unmountVolumes':
        return this.#deps.preparation.unmount(pod)
      case 'runSandbox':
        return this.#runSandbox(pod, action.attempt)
      case 'stopSandbox':
        return this.#deps.runtime.stopSandbox(action.id)
      case 'removeSandbox':
        return this.#deps.runtime.removeSandbox(action.id)
      case 'startContainer':
        return startContainer(this.#context(action.name), action)
      case 'stopContainer':
        return stopContainer(this.#context(action.name), action)
      case 'removeContainer':
        return this.#removeContainer(pod, action)
      case 'deletePod':
        return this.#deletePod(pod)
    }
  }

  #context(name: string): OperationContext {
    const view = this.#view()
    const container = containerNamed(view.pod.spec, name)
    return {
      deps: this.#deps,
      memory: this.#memory,
      view,
      container,
      fieldPath: fieldPathOf(view.pod, name),
      wake: this.#wake,
    }
  }

  async #mount(pod: Pod): Promise<void> {
    try {
      await this.#deps.preparation.mount(pod)
    } catch (error) {
      this.#deps.events.record(pod, 'Warning', 'FailedMount', messageOf(error))
      throw error instanceof VolumeError ? new OperationError('ContainerCreating', error.message) : error
    }
  }

  async #runSandbox(pod: Pod, attempt: number): Promise<void> {
    const passedOver = this.#deps.preparation.notSupported?.(pod) ?? []
    if (passedOver.length > 0) {
      const message = `This node does not support and passes over: ${passedOver.join(', ')}`
      this.#deps.events.record(pod, 'Warning', 'NotSupported', message)
    }
    try {
      await this.#deps.runtime.runSandbox(await this.#deps.preparation.sandboxConfig(pod, attempt))
    } catch (error) {
      const message = `Failed to create pod sandbox: ${messageOf(error)}`
      this.#deps.events.record(pod, 'Warning', 'FailedCreatePodSandBox', message)
      throw error
    }
  }

  async #removeContainer(
    pod: Pod,
    action: { readonly id: string; readonly name: string; readonly attempt: number },
  ): Promise<void> {
    await this.#deps.runtime.removeContainer(action.id)
    this.#memory.terminationMessages.delete(action.id)
    await this.#deps.preparation.forgetInstance(pod, action.name, action.attempt)
  }

  /** The uid makes sure that a new pod of the same name is never hit; a pod that is gone already is success. */
  /** Finalizers may keep the object: the answer says so sooner than the watch, and it is not deleted once more. */
  async #deletePod(pod: Pod): Promise<void> {
    const { name, namespace = '', uid } = pod.metadata
    try {
      const left = await this.#deps.client.delete(PODS, { namespace, name }, { uid, gracePeriodSeconds: 0 })
      if (isSamePod(left, uid)) this.#accepted(left)
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return
      throw ApiError.from(error)
    }
  }
}

const isSamePod = (answer: object, uid: string): answer is Pod =>
  'metadata' in answer && (answer as Partial<Pod>).metadata?.uid === uid

/** What one operation on one container works with. */
export interface OperationContext {
  readonly deps: WorkerDeps
  readonly memory: WorkerMemory
  readonly view: PodView
  /** Undefined for a container of a pod that only the runtime remembers. */
  readonly container: Container | undefined
  readonly fieldPath: string
  /** Something changed that no action's end will tell. */
  readonly wake: () => void
}

function fieldPathOf(pod: Pod, name: string): string {
  const lists = ['initContainers', 'ephemeralContainers'] as const
  const list = lists.find((one) => (pod.spec[one] ?? []).some((container) => container.name === name))
  return `spec.${list ?? 'containers'}{${name}}`
}
