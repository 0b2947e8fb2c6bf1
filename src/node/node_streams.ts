import { ApiError } from '../api/error.ts'
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/log.ts'
import type { HostFiles } from './host_port.ts'
import { readContainerLog } from './logs.ts'
import type { PodManager } from './pod_manager.ts'
import { instancesNewestFirst } from './pod_worker/containers.ts'
import type { PodWorker } from './pod_worker/worker.ts'
import { logFile, type NodePaths } from './preparation/paths.ts'
import type { ContainerRuntime, PodIdentity, RuntimeContainer, StreamRequest } from './runtime.ts'
import type { ContainerLogRequest, ContainerStreamRequest, NodeStreams } from './streams.ts'

export interface NodeStreamsDeps {
  readonly pods: PodManager
  readonly runtime: ContainerRuntime
  readonly files: HostFiles
  readonly paths: NodePaths
  readonly clock: Clock
}

/** Logs and tunnels of this node's containers. */
export function createNodeStreams(deps: NodeStreamsDeps): NodeStreams {
  return {
    async log(request, sink, signal) {
      const worker = workerOf(deps.pods, request.pod)
      const instance = loggedInstance(worker, request)
      const path = logFile(deps.paths, worker.pod, instance)
      const isRunning = () => worker.containers.some((one) => one.id === instance.id && one.state === 'running')
      readContainerLog({ ...deps, path, request, isRunning }, sink, signal).then(
        () => sink.end(),
        (error) => sink.end(error instanceof Error ? error : new Error(messageOf(error))),
      )
    },
    streamUrl: async (request) => deps.runtime.streamUrl(runtimeRequest(workerOf(deps.pods, request.pod), request)),
  }
}

/** The uid counts: a new pod of the same name is not the one that was asked for. */
function workerOf(pods: PodManager, pod: PodIdentity): PodWorker {
  const worker = pods.workerOf(pod.namespace, pod.name)
  if (worker !== undefined && worker.pod.metadata.uid === pod.uid) return worker
  throw new ApiError({ code: 404, reason: 'NotFound', message: `pod "${pod.name}" is not on this node` })
}

function loggedInstance(worker: PodWorker, request: ContainerLogRequest): RuntimeContainer {
  const instances = instancesNewestFirst(worker.containers, request.container).filter((one) => one.state !== 'created')
  const wanted = request.previous ? instances[1] : instances[0]
  if (wanted !== undefined) return wanted
  const { name } = worker.pod.metadata
  if (request.previous)
    throw badRequest(`previous terminated container "${request.container}" in pod "${name}" not found`)
  throw badRequest(
    `container "${request.container}" in pod "${name}" is waiting to start: ${waitingReason(worker, request.container)}`,
  )
}

const badRequest = (message: string): ApiError => new ApiError({ code: 400, reason: 'BadRequest', message })

function waitingReason(worker: PodWorker, container: string): string {
  const { containerStatuses = [], initContainerStatuses = [] } = worker.pod.status ?? {}
  const status = [...initContainerStatuses, ...containerStatuses].find((one) => one.name === container)
  return status?.state?.waiting?.reason ?? 'ContainerCreating'
}

function runtimeRequest(worker: PodWorker, request: ContainerStreamRequest): StreamRequest {
  if (request.kind === 'portforward') {
    const sandbox = worker.sandboxes.find((one) => one.state === 'ready')
    if (sandbox === undefined) throw badRequest(`pod "${worker.pod.metadata.name}" has no running sandbox`)
    return { kind: 'portforward', sandboxId: sandbox.id, ports: request.ports }
  }
  const running = instancesNewestFirst(worker.containers, request.container).find((one) => one.state === 'running')
  if (running === undefined) {
    throw new ApiError({ code: 500, reason: 'InternalError', message: `container not found ("${request.container}")` })
  }
  const { stderr, stdin, stdout, tty } = request
  const streams = { containerId: running.id, stdin, stdout, stderr: stderr && !tty, tty }
  return request.kind === 'exec'
    ? { kind: 'exec', command: request.command, ...streams }
    : { kind: 'attach', ...streams }
}
