import type { Container, Pod, Probe } from '../../api/types.ts'
import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import type { PodEvents, PodProbes, ProbeTarget } from '../pod_worker/ports.ts'
import type { ProbeResult, ProbeState } from '../pod_worker/view.ts'
import { type ProbeKind, Prober } from './prober.ts'
import type { ProbeRunner } from './run_probe.ts'

export interface PodProbesDeps {
  readonly clock: Clock
  readonly random: Random
  readonly events: PodEvents
  readonly run: ProbeRunner
}

interface ContainerProbes {
  readonly container: Container
  readonly probers: readonly Prober[]
  startup: Prober | undefined
  liveness: Prober | undefined
  readiness: Prober | undefined
}

/** The probes of one pod's running containers; readiness and liveness wait until the startup probe has passed. */
export function createPodProbes(deps: PodProbesDeps, changed: () => void): PodProbes {
  const byId = new Map<string, ContainerProbes>()
  let states = new Map<string, ProbeState>()

  function refresh(): void {
    states = new Map([...byId].map(([id, probes]) => [id, stateOf(probes)]))
  }

  function begin(pod: Pod, target: ProbeTarget): void {
    const { container } = target
    if (byId.has(target.id) || !hasProbes(container)) return
    const make = (kind: ProbeKind, probe: Probe | undefined) =>
      probe &&
      new Prober({
        ...deps,
        pod,
        target,
        kind,
        probe,
        known: knownBefore(pod, target, kind),
        changed: () => onResult(target.id),
      })
    const startup = make('Startup', container.startupProbe)
    const liveness = make('Liveness', container.livenessProbe)
    const readiness = make('Readiness', container.readinessProbe)
    const probers = [startup, liveness, readiness].flatMap((one) => one ?? [])
    byId.set(target.id, { container, probers, startup, liveness, readiness })
    if (startup !== undefined && startup.result !== 'success') startup.start()
    else for (const prober of [liveness, readiness]) prober?.start()
  }

  function onResult(id: string): void {
    const probes = byId.get(id)
    if (probes === undefined) return
    if (probes.startup?.result === 'success') {
      probes.startup.stop()
      probes.liveness?.start()
      probes.readiness?.start()
    }
    refresh()
    changed()
  }

  return {
    sync(pod, targets) {
      const wanted = new Set(targets.map((one) => one.id))
      for (const [id, probes] of byId) {
        if (wanted.has(id)) continue
        for (const prober of probes.probers) prober.stop()
        byId.delete(id)
      }
      for (const target of targets) {
        begin(pod, target)
        if (target.isEnding) stopAllButReadiness(byId.get(target.id))
      }
      refresh()
    },
    states: () => states,
    stop() {
      for (const probes of byId.values()) for (const prober of probes.probers) prober.stop()
      byId.clear()
    },
  }
}

/** A container that is being stopped is not killed for being unwell, but those who ask it should know. */
function stopAllButReadiness(probes: ContainerProbes | undefined): void {
  probes?.startup?.stop()
  probes?.liveness?.stop()
}

/** An agent that comes back does not make a ready pod unready: what the API shows of this container stays until a probe says otherwise. */
function knownBefore(pod: Pod, target: ProbeTarget, kind: ProbeKind): ProbeResult | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const shown = [...containerStatuses, ...initContainerStatuses].find((one) =>
    one.containerID?.endsWith(`//${target.id}`),
  )
  const holds = kind === 'Startup' ? shown?.started === true : kind === 'Readiness' && shown?.ready === true
  return holds ? 'success' : undefined
}

const hasProbes = (container: Container): boolean =>
  container.startupProbe !== undefined ||
  container.livenessProbe !== undefined ||
  container.readinessProbe !== undefined

/** A probe that a container lacks counts as passed. */
function stateOf(probes: ContainerProbes): ProbeState {
  return {
    startup: probes.startup?.result ?? 'success',
    readiness: probes.readiness?.result ?? 'success',
    liveness: probes.liveness?.result ?? 'success',
  }
}
