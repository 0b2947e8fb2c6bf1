import type { Pod } from '../../api/types.ts'
import type { Clock, Millis } from '../../base/clock.ts'
import { containerNamed } from '../pod_worker/containers.ts'
import { numberOfQuantity } from '../quantity_number.ts'
import type { RuntimeContainer } from '../runtime.ts'
import type { MeasuredPod, UsagePort, UsageSample } from '../stats/usage_port.ts'

/** The part of its request that a simulated container seems to use, and what one without requests does. */
const SHARE_OF_REQUEST = 0.5
const CPU_WITHOUT_REQUEST = 0.005
const MEMORY_WITHOUT_REQUEST = 16 * 1024 * 1024

const NANOS_PER_MILLI = 1e6

/** Figures for containers that run no process: always the same share of what they ask for. */
export function simulatedUsage(clock: Clock, pods: () => readonly MeasuredPod[]): UsagePort {
  const running = ({ pod, containers }: MeasuredPod) =>
    containers.filter((one) => one.state === 'running').map((one) => sampleOf(pod, one, clock.now()))
  return {
    ofNode: async () => sum(pods().flatMap(running), clock.now()),
    ofPod: async (measured) => sum(running(measured), clock.now()),
    ofContainer: async (pod, container) => sampleOf(pod, container, clock.now()),
  }
}

function sampleOf(pod: Pod, { name, startedAt }: RuntimeContainer, now: Millis): UsageSample {
  const requests = containerNamed(pod.spec, name)?.resources?.requests
  const share = (resource: string, without: number): number => {
    const request = requests?.[resource]
    return request === undefined ? without : numberOfQuantity(request) * SHARE_OF_REQUEST
  }
  const memoryBytes = Math.round(share('memory', MEMORY_WITHOUT_REQUEST))
  const ranMs = Math.max(0, now - (startedAt ?? now))
  const cpuNanoseconds = Math.round(share('cpu', CPU_WITHOUT_REQUEST) * ranMs * NANOS_PER_MILLI)
  return { at: now, cpuNanoseconds, memoryBytes, workingSetBytes: memoryBytes }
}

/** Containers that have ended count no longer, so a node's sum may fall: such a window has no rate. */
function sum(all: readonly UsageSample[], at: Millis): UsageSample {
  const total = (field: 'cpuNanoseconds' | 'memoryBytes' | 'workingSetBytes') =>
    all.reduce((so, one) => so + one[field], 0)
  return {
    at,
    cpuNanoseconds: total('cpuNanoseconds'),
    memoryBytes: total('memoryBytes'),
    workingSetBytes: total('workingSetBytes'),
  }
}
