import type { PodProbes } from '../pod_worker/ports.ts'
import type { ProbeState } from '../pod_worker/view.ts'

/** For pods without probes: every container counts as started, ready and alive as soon as it runs. */
export const noProbes: PodProbes = {
  sync: () => {},
  states: () => NO_STATES,
  stop: () => {},
}

const NO_STATES: ReadonlyMap<string, ProbeState> = new Map()
