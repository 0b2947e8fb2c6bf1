import type { Pod } from '../../api/types.ts'
import { GRACE_DEFAULT_SECONDS } from '../limits.ts'
import type { PodIdentity } from '../runtime.ts'

/** Revisions of one cluster grow; texts that are no numbers are taken as they come. */
export function isOlder(pod: Pod, than: Pod): boolean {
  const [a, b] = [Number(pod.metadata.resourceVersion), Number(than.metadata.resourceVersion)]
  return Number.isFinite(a) && Number.isFinite(b) && a < b
}

/** A pod that only the runtime remembers: enough of it to stop its containers and clean up. */
export function podFromRuntime(identity: PodIdentity, graceSeconds = GRACE_DEFAULT_SECONDS): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...identity, resourceVersion: '', creationTimestamp: '' },
    spec: { containers: [], terminationGracePeriodSeconds: graceSeconds },
  } as unknown as Pod
}
