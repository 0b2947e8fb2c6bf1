import type { UserInfo } from '../api/request.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Client } from '../client/client.ts'
import type { Informers } from '../client/informer.ts'
import { createInformers } from '../client/informers.ts'
import { createClient } from '../client/typed_client.ts'
import { createEventRecorder } from '../controllers/runtime/event_recorder.ts'
import { type RunningController, runController } from '../controllers/runtime/run_controller.ts'
import { createServer, type Server } from '../server/server.ts'
import type { ServerDeps } from '../server/server_deps.ts'
import { allControllers, type NamedController } from './controllers.ts'

/** The API server with the controllers and the scheduler: a cluster without nodes. */
export interface ControlPlane {
  readonly server: Server
  /** The caches that the controllers share. */
  readonly informers: Informers
  /** A client that acts as one of Berth's own parts. */
  clientFor(component: string): Client
  startControllers(): void
  /** No controller has anything to do now; what is due later does not count. */
  idle(): boolean
  stop(): Promise<void>
}

export interface ControlPlaneDeps extends ServerDeps {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly featureGates: ReadonlyMap<string, boolean>
  /** The CA that pods trust, as PEM. */
  readonly authority: string
  /** Instead of all: for tests of a few. */
  readonly controllers?: readonly NamedController[]
}

/** Berth's own parts act as this user; events name the part as their source. */
export const componentUser = (component: string): UserInfo => ({
  name: `system:${component}`,
  groups: ['system:masters'],
})

/** Makes the server ready to answer; controllers wait for `startControllers`. */
export async function createControlPlane(deps: ControlPlaneDeps): Promise<ControlPlane> {
  const server = createServer(deps)
  await server.start()
  const clientFor = (component: string) =>
    createClient(server.transport(componentUser(component)), { fieldManager: component })
  const informers = createInformers({ client: clientFor('controller-manager'), clock: deps.clock, log: deps.log })
  const running: RunningController[] = []
  const start = ({ component, create }: NamedController) => {
    const client = clientFor(component)
    const log = deps.log.child({ component })
    const events = createEventRecorder({
      client,
      clock: deps.clock,
      random: deps.random.fork(component),
      log,
      component,
    })
    const own = { client, informers, clock: deps.clock, random: deps.random.fork(component), log, events }
    running.push(runController(create(own), own))
  }
  return {
    server,
    informers,
    clientFor,
    startControllers: () => {
      for (const controller of deps.controllers ?? allControllers(deps)) start(controller)
    },
    idle: () => running.every((controller) => controller.idle()),
    stop: async () => {
      for (const controller of running) controller.stop()
      informers.stop()
      await server.stop()
    },
  }
}
