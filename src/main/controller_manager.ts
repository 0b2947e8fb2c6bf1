import type { Transport } from '../api/request.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import { createInformers } from '../client/informers.ts'
import { createClient } from '../client/typed_client.ts'
import { createEventRecorder } from '../controllers/runtime/event_recorder.ts'
import { type RunningController, runController } from '../controllers/runtime/run_controller.ts'
import type { NamedController } from './controllers.ts'

export interface ControllerManagerDeps {
  /** A door to the cluster for each part, under its own name. */
  readonly transportFor: (component: string) => Transport
  readonly controllers: readonly NamedController[]
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** Controllers that share one set of caches: what would be one process, and what crashes as one. */
export interface ControllerManager {
  /** No controller has anything to do now; what is due later does not count. */
  idle(): boolean
  /** How many keys wait or are worked on, by controller. */
  depths(): readonly { readonly component: string; readonly depth: number }[]
  stop(): void
}

export function startControllerManager(deps: ControllerManagerDeps): ControllerManager {
  const { clock } = deps
  const reader = createClient(deps.transportFor('controller-manager'))
  const informers = createInformers({ client: reader, clock, log: deps.log })
  const running = deps.controllers.map(({ component, create }): RunningController & { component: string } => {
    const log = deps.log.child({ component })
    const random = deps.random.fork(component)
    const client = createClient(deps.transportFor(component), { fieldManager: component })
    const events = createEventRecorder({ client, clock, random, log, component })
    const own = { client, informers, clock, random, log, events }
    return { component, ...runController(create(own), own) }
  })
  return {
    idle: () => running.every((controller) => controller.idle()),
    depths: () => running.map(({ component, depth }) => ({ component, depth: depth() })),
    stop: () => {
      for (const controller of running) controller.stop()
      informers.stop()
    },
  }
}
