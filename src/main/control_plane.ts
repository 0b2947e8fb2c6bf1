import type { UserInfo } from '../api/request.ts'
import type { Client } from '../client/client.ts'
import { createClient } from '../client/typed_client.ts'
import { createServer, type Server } from '../server/server.ts'
import type { ServerDeps } from '../server/server_deps.ts'
import { type ControllerManager, startControllerManager } from './controller_manager.ts'
import { allControllers, type ControllerOptions } from './controllers.ts'
import { processGauges } from './gauges.ts'

/** The API server with the controllers and the scheduler: a cluster without nodes. */
export interface ControlPlane {
  readonly server: Server
  /** A client that acts as one of Berth's own parts. */
  clientFor(component: string): Client
  startControllers(options: ControllerOptions): ControllerManager
  stop(): Promise<void>
}

/** Berth's own parts act as this user; events name the part as their source. */
export const componentUser = (component: string): UserInfo => ({
  name: `system:${component}`,
  groups: ['system:masters'],
})

/** Makes the server ready to answer; controllers wait for `startControllers`. */
export async function createControlPlane(deps: ServerDeps): Promise<ControlPlane> {
  let manager: ControllerManager | undefined
  const server = createServer({ ...deps, gauges: () => processGauges(manager) })
  await server.start()
  const transportFor = (component: string) => server.transport(componentUser(component))
  return {
    server,
    clientFor: (component) => createClient(transportFor(component), { fieldManager: component }),
    startControllers: (options) => {
      manager = startControllerManager({ ...deps, transportFor, controllers: allControllers(options) })
      return manager
    },
    stop: async () => {
      manager?.stop()
      await server.stop()
    },
  }
}
