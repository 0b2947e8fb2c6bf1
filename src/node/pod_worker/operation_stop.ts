import { messageOf } from '../../base/log.ts'
import { GRACE_AFTER_PRE_STOP_SECONDS } from '../limits.ts'
import type { OperationContext } from './operations.ts'

interface StopRequest {
  readonly id: string
  readonly name: string
  readonly graceSeconds: number
  readonly why: string
}

/** preStop hook, SIGTERM, and SIGKILL when the grace period has ended; the hook's time counts into it. */
export async function stopContainer(context: OperationContext, request: StopRequest): Promise<void> {
  const { deps, memory, view } = context
  const begunAt = deps.clock.now()
  const isFirst = !memory.stopping.has(request.id)
  memory.stopping.set(request.id, begunAt + request.graceSeconds * 1000)
  if (isFirst) deps.events.record(view.pod, 'Normal', 'Killing', request.why, context.fieldPath)
  try {
    if (isFirst) await runPreStop(context, request)
    const usedSeconds = Math.floor((deps.clock.now() - begunAt) / 1000)
    const left = request.graceSeconds - usedSeconds
    await deps.runtime.stopContainer(request.id, usedSeconds > 0 ? Math.max(GRACE_AFTER_PRE_STOP_SECONDS, left) : left)
  } finally {
    memory.stopping.delete(request.id)
  }
}

async function runPreStop(context: OperationContext, request: StopRequest): Promise<void> {
  const { container, deps, view } = context
  const hook = container?.lifecycle?.preStop
  if (container === undefined || hook === undefined) return
  const podIp = view.sandboxes.find((one) => one.state === 'ready')?.ips[0]
  try {
    await deps.runHook({
      pod: view.pod,
      container,
      id: request.id,
      hook,
      podIp,
      timeoutMs: request.graceSeconds * 1000,
    })
  } catch (error) {
    deps.events.record(
      view.pod,
      'Warning',
      'FailedPreStopHook',
      `PreStopHook failed: ${messageOf(error)}`,
      context.fieldPath,
    )
  }
}
