import type { Container } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import { IMAGE_BACK_OFF_FIRST_MS, IMAGE_BACK_OFF_MOST_MS } from '../limits.ts'
import { ImageError, type RuntimeImage, type Sandbox } from '../runtime.ts'
import { nextBackOff } from './back_off.ts'
import { ephemeralContainersOf, newestInstance } from './containers.ts'
import { OperationError } from './operation_error.ts'
import type { OperationContext } from './operations.ts'
import { ConfigError } from './ports.ts'
import { pullCredentials } from './pull_secrets.ts'
import type { PodView } from './view.ts'

interface StartRequest {
  readonly name: string
  readonly attempt: number
  readonly sandboxId: string
}

/** Image, settings, creation, start, postStart hook: one new instance of a container. */
export async function startContainer(context: OperationContext, request: StartRequest): Promise<void> {
  const { container, view } = context
  const sandbox = view.sandboxes.find((one) => one.id === request.sandboxId)
  if (container === undefined || sandbox === undefined) return
  const image = await ensureImage(context, container)
  noteRestart(context, request)
  const id = await createContainer(context, container, { request, sandbox, image })
  const hook = container.lifecycle?.postStart
  if (hook !== undefined) context.memory.hooksPending.add(id)
  try {
    await context.deps.runtime.startContainer(id)
  } catch (error) {
    context.memory.hooksPending.delete(id)
    record(context, 'Warning', 'Failed', `Error: ${messageOf(error)}`)
    throw new OperationError('RunContainerError', messageOf(error))
  }
  record(context, 'Normal', 'Started', 'Container started')
  if (hook !== undefined) runPostStart(context, container, { id, hook, podIp: sandbox.ips[0] })
}

function record(context: OperationContext, type: 'Normal' | 'Warning', reason: string, message: string): void {
  context.deps.events.record(context.view.pod, type, reason, message, context.fieldPath)
}

async function ensureImage(context: OperationContext, container: Container): Promise<RuntimeImage> {
  const { deps } = context
  const name = container.image ?? ''
  const policy = (container.imagePullPolicy ?? 'IfNotPresent') as 'Always' | 'IfNotPresent' | 'Never'
  const begunAt = deps.clock.now()
  try {
    const credentials = await credentialsFor(context)
    const onPull = () => record(context, 'Normal', 'Pulling', `Pulling image "${name}"`)
    const image = await deps.runtime.ensureImage(name, policy, { onPull, ...(credentials && { credentials }) })
    record(context, 'Normal', 'Pulled', pulledMessage(name, image, deps.clock.now() - begunAt))
    if (image.standsInFor !== undefined) {
      record(context, 'Normal', 'ImageSubstituted', `Image "${name}" is served by a stand-in: ${image.standsInFor}`)
    }
    return image
  } catch (error) {
    throw imageFailure(context, name, error)
  }
}

async function credentialsFor(context: OperationContext): Promise<string | undefined> {
  const { pod } = context.view
  if (!pod.spec.imagePullSecrets?.length) return undefined
  const { document, missing } = await pullCredentials(context.deps.client, pod)
  if (missing.length > 0) {
    const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`
    context.deps.events.record(pod, 'Warning', 'FailedToRetrieveImagePullSecret', message)
  }
  return document
}

function pulledMessage(name: string, image: RuntimeImage, tookMs: number): string {
  if (!image.pulled) return `Container image "${name}" already present on machine and can be accessed by the pod`
  const took = tookMs < 1000 ? `${Math.round(tookMs)}ms` : `${(tookMs / 1000).toFixed(3)}s`
  return `Successfully pulled image "${name}" in ${took} (${took} including waiting).`
}

/** A failed pull waits 10 s, then twice as long each time, and says so in events. */
function imageFailure(context: OperationContext, name: string, error: unknown): OperationError {
  const reason = error instanceof ImageError ? error.reason : 'ErrImagePull'
  const message = messageOf(error)
  if (reason === 'ErrImagePull') {
    record(context, 'Warning', 'Failed', `Failed to pull image "${name}": ${message}`)
    record(context, 'Normal', 'BackOff', `Back-off pulling image "${name}"`)
  } else if (reason === 'InvalidImageName') {
    record(context, 'Warning', 'InspectFailed', `Failed to apply default image tag "${name}": ${message}`)
  } else {
    record(context, 'Warning', reason, `Container image "${name}" is not present with pull policy of Never`)
  }
  record(context, 'Warning', 'Failed', `Error: ${reason}`)
  return new OperationError(reason, message, [IMAGE_BACK_OFF_FIRST_MS, IMAGE_BACK_OFF_MOST_MS])
}

/** Each start after the first lengthens the wait before the next one. */
function noteRestart(context: OperationContext, request: StartRequest): void {
  const { view, memory, deps } = context
  const previous = newestInstance(view, request.name)
  if (previous === undefined || previous.sandboxId !== request.sandboxId) return
  const endedAt = previous.finishedAt ?? view.now
  memory.backOffs.set(request.name, nextBackOff(memory.backOffs.get(request.name), endedAt, deps.clock.now()))
}

async function createContainer(
  context: OperationContext,
  container: Container,
  made: { readonly request: StartRequest; readonly sandbox: Sandbox; readonly image: RuntimeImage },
): Promise<string> {
  const { deps, view } = context
  const { attempt } = made.request
  try {
    const podIps = made.sandbox.ips.length > 0 ? made.sandbox.ips : deps.node.hostIps
    const config = await deps.preparation.containerConfig({
      pod: view.pod,
      container,
      attempt,
      image: made.image,
      podIps,
      ...processesFor(view, container.name),
    })
    const id = await deps.runtime.createContainer(made.sandbox, config)
    record(context, 'Normal', 'Created', 'Container created')
    return id
  } catch (error) {
    record(context, 'Warning', 'Failed', `Error: ${messageOf(error)}`)
    throw new OperationError(
      error instanceof ConfigError ? 'CreateContainerConfigError' : 'CreateContainerError',
      messageOf(error),
    )
  }
}

/** @throws ConfigError when the container whose processes are to be seen does not run */
function processesFor(view: PodView, name: string): { readonly processesOf?: string } {
  const target = ephemeralContainersOf(view.pod.spec).find((one) => one.name === name)?.targetContainerName
  if (!target) return {}
  const instance = newestInstance(view, target)
  if (instance?.state !== 'running') throw new ConfigError(`unable to find target container ${target}`)
  return { processesOf: instance.id }
}

type Hook = Parameters<OperationContext['deps']['runHook']>[0]['hook']

/** Not awaited by the start: the container runs meanwhile, but does not count as started before the hook has ended. */
function runPostStart(
  context: OperationContext,
  container: Container,
  target: { readonly id: string; readonly hook: Hook; readonly podIp: string | undefined },
): void {
  const { deps, memory, view } = context
  deps
    .runHook({ pod: view.pod, container, ...target, timeoutMs: POST_START_MOST_MS })
    .catch(async (error) => {
      record(context, 'Warning', 'FailedPostStartHook', `PostStartHook failed: ${messageOf(error)}`)
      record(context, 'Normal', 'Killing', 'FailedPostStartHook')
      await deps.runtime
        .stopContainer(target.id, view.pod.spec.terminationGracePeriodSeconds ?? 30)
        .catch(() => undefined)
    })
    .finally(() => {
      memory.hooksPending.delete(target.id)
      context.wake()
    })
}

/** A hook without an end would keep the pod from ever becoming ready; upstream waits for ever. */
const POST_START_MOST_MS = 3_600_000
