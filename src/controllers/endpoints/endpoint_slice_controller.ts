import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from '../../api/resources.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { decideSlices, type SliceView } from './endpoint_slice_decide.ts'
import { SERVICE_REST_MS } from './limits.ts'
import { SLICE_MANAGER, ZONE_LABEL } from './names.ts'
import { createServicePods } from './service_pods.ts'
import { applySlices, serviceKeysOf } from './slice_control.ts'
import type { SlicePlan } from './slice_packing.ts'

const BY_SERVICE = 'endpoints/slice-service'

const ownKeys = serviceKeysOf(SLICE_MANAGER)

/** Keeps the EndpointSlices of every service that selects pods. Keys are services. */
export function createEndpointSliceController(deps: ControllerDeps): Controller<SliceView, SlicePlan> {
  const { informers } = deps
  const services = informers.of(SERVICES)
  const slices = informers.of(ENDPOINT_SLICES)
  const nodes = informers.of(NODES)
  const servicePods = createServicePods(informers)
  slices.addIndex(BY_SERVICE, ownKeys)
  return {
    name: 'endpoint-slice',
    restMs: SERVICE_REST_MS,
    watches: [
      watchRule(SERVICES, (change) => [change.key]),
      watchRule(PODS, servicePods.servicesOf),
      watchRule(ENDPOINT_SLICES, ({ previous, current }) => [
        ...new Set([previous, current].flatMap((slice) => (slice === undefined ? [] : ownKeys(slice)))),
      ]),
    ],
    view(key) {
      const service = services.get(key)
      return (
        service && {
          service,
          pods: servicePods.podsOf(service),
          slices: slices.byIndex(BY_SERVICE, key),
          zoneOf: (nodeName) => nodes.get(nodeName)?.metadata.labels?.[ZONE_LABEL],
        }
      )
    },
    decide: decideSlices,
    apply: async (plan, _view, client) => {
      await applySlices(client, plan)
      return done
    },
  }
}
