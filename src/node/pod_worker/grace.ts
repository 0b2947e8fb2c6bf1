import type { Container } from '../../api/types.ts'
import { fromRfc3339 } from '../../base/time.ts'
import { GRACE_DEFAULT_SECONDS, GRACE_LEAST_SECONDS } from '../limits.ts'
import type { RuntimeContainer } from '../runtime.ts'
import { containerNamed } from './containers.ts'
import type { PodView } from './view.ts'

/**
 * How long a container may take to stop, in seconds. A deletion's own grace period counts from its
 * timestamp, so that an agent that comes back late does not grant it twice; otherwise the probe's
 * and then the pod's period hold.
 */
export function graceSecondsOf(view: PodView, instance: RuntimeContainer): number {
  const { deletionTimestamp, deletionGracePeriodSeconds } = view.pod.metadata
  const deletedUntil = fromRfc3339(deletionTimestamp)
  if (deletedUntil !== undefined && deletionGracePeriodSeconds !== undefined) {
    const left = Math.ceil((deletedUntil - view.now) / 1000)
    return Math.max(GRACE_LEAST_SECONDS, Math.min(left, deletionGracePeriodSeconds))
  }
  return Math.max(GRACE_LEAST_SECONDS, probeGrace(view, instance) ?? podGrace(view))
}

const podGrace = (view: PodView): number => view.pod.spec.terminationGracePeriodSeconds ?? GRACE_DEFAULT_SECONDS

/** A failed liveness or startup probe may carry a grace period of its own. */
function probeGrace(view: PodView, instance: RuntimeContainer): number | undefined {
  const container = containerNamed(view.pod.spec, instance.name)
  const state = view.probes.get(instance.id)
  if (container === undefined || state === undefined) return undefined
  return failedProbe(container, state)?.terminationGracePeriodSeconds
}

function failedProbe(container: Container, state: { readonly liveness: string; readonly startup: string }) {
  if (state.startup === 'failure') return container.startupProbe
  return state.liveness === 'failure' ? container.livenessProbe : undefined
}
