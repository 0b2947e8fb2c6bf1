import { isNotFound } from '../../api/error.ts'
import { ENDPOINTS, PODS, SERVICES } from '../../api/resources.ts'
import type { Client } from '../../client/client.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { decideEndpoints, type EndpointsPlan, type EndpointsView } from './endpoints_decide.ts'
import { SERVICE_REST_MS } from './limits.ts'
import { createServicePods } from './service_pods.ts'

/** Keeps the Endpoints of every service that selects pods, for those who still read them. Keys are services. */
export function createEndpointsController(deps: ControllerDeps): Controller<EndpointsView, EndpointsPlan> {
  const { informers } = deps
  const services = informers.of(SERVICES)
  const endpoints = informers.of(ENDPOINTS)
  const servicePods = createServicePods(informers)
  return {
    name: 'endpoints',
    restMs: SERVICE_REST_MS,
    watches: [
      watchRule(SERVICES, (change) => [change.key]),
      watchRule(PODS, servicePods.servicesOf),
      watchRule(ENDPOINTS, (change) => [change.key]),
    ],
    view(key) {
      const service = services.get(key)
      const pods = service === undefined ? [] : servicePods.podsOf(service)
      return { key, service, pods, endpoints: endpoints.get(key) }
    },
    decide: decideEndpoints,
    apply: async (plan, _view, client) => {
      await applyEndpoints(client, plan)
      return done
    },
  }
}

async function applyEndpoints(client: Client, plan: EndpointsPlan): Promise<void> {
  switch (plan.action) {
    case 'none':
      return
    case 'create':
      await client.create(ENDPOINTS, plan.draft)
      return
    case 'update':
      await client.update(ENDPOINTS, plan.endpoints)
      return
    case 'delete': {
      const { namespace = '', name, uid } = plan.endpoints.metadata
      try {
        await client.delete(ENDPOINTS, { namespace, name }, { uid })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
  }
}
