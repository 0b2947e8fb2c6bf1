import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from '../../api/resources.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { decideMirror, type MirrorView } from './mirror_decide.ts'
import { SLICE_MIRROR_MANAGER } from './names.ts'
import { applySlices, serviceKeysOf } from './slice_control.ts'
import type { SlicePlan } from './slice_packing.ts'

const BY_SERVICE = 'endpoints/mirror-service'

const ownKeys = serviceKeysOf(SLICE_MIRROR_MANAGER)

/** Shows Endpoints that were made by hand as slices. Keys are services, which have the names of their Endpoints. */
export function createEndpointSliceMirroringController(deps: ControllerDeps): Controller<MirrorView, SlicePlan> {
  const { informers } = deps
  const slices = informers.of(ENDPOINT_SLICES)
  slices.addIndex(BY_SERVICE, ownKeys)
  return {
    name: 'endpoint-slice-mirroring',
    watches: [
      watchRule(SERVICES, (change) => [change.key]),
      watchRule(ENDPOINTS, (change) => [change.key]),
      watchRule(ENDPOINT_SLICES, ({ previous, current }) => [
        ...new Set([previous, current].flatMap((slice) => (slice === undefined ? [] : ownKeys(slice)))),
      ]),
    ],
    view: (key) => ({
      service: informers.of(SERVICES).get(key),
      endpoints: informers.of(ENDPOINTS).get(key),
      slices: slices.byIndex(BY_SERVICE, key),
    }),
    decide: decideMirror,
    apply: async (plan, _view, client) => {
      await applySlices(client, plan)
      return done
    },
  }
}
