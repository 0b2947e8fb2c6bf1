import { isNotFound } from '../../api/error.ts'
import { keyOf } from '../../api/resource.ts'
import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from '../../api/resources.ts'
import type { EndpointSlice } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { decideSlices, type SliceView } from './endpoint_slice_decide.ts'
import { SERVICE_NAME_LABEL, SLICE_MANAGED_BY_LABEL, SLICE_MANAGER, ZONE_LABEL } from './names.ts'
import { createServicePods } from './service_pods.ts'
import type { SlicePlan } from './slice_packing.ts'

const BY_SERVICE = 'endpoints/slice-service'

/** Keeps the EndpointSlices of every service that selects pods. Keys are services. */
export function createEndpointSliceController(deps: ControllerDeps): Controller<SliceView, SlicePlan> {
  const { informers } = deps
  const services = informers.of(SERVICES)
  const slices = informers.of(ENDPOINT_SLICES)
  const nodes = informers.of(NODES)
  const servicePods = createServicePods(informers)
  slices.addIndex(BY_SERVICE, serviceKeyOf)
  return {
    name: 'endpoint-slice',
    watches: [
      watchRule(SERVICES, (change) => [change.key]),
      watchRule(PODS, servicePods.servicesOf),
      watchRule(ENDPOINT_SLICES, ({ previous, current }) => [
        ...new Set([previous, current].flatMap((slice) => (slice === undefined ? [] : serviceKeyOf(slice)))),
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

/** The service of a slice that this controller manages. */
function serviceKeyOf({ metadata }: EndpointSlice): readonly string[] {
  const labels = metadata.labels ?? {}
  const service = labels[SERVICE_NAME_LABEL]
  if (service === undefined || labels[SLICE_MANAGED_BY_LABEL] !== SLICE_MANAGER) return []
  return [keyOf({ metadata: { namespace: metadata.namespace ?? '', name: service } })]
}

/** Writes go out together: each is conditional on the version that was decided on. */
export async function applySlices(client: Client, plan: SlicePlan): Promise<void> {
  await Promise.all([
    ...plan.create.map((draft) => client.create(ENDPOINT_SLICES, draft)),
    ...plan.update.map((slice) => client.update(ENDPOINT_SLICES, slice)),
    ...plan.remove.map((slice) => removeSlice(client, slice)),
  ])
}

async function removeSlice(client: Client, { metadata }: EndpointSlice): Promise<void> {
  const { namespace = '', name, uid } = metadata
  try {
    await client.delete(ENDPOINT_SLICES, { namespace, name }, { uid })
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
