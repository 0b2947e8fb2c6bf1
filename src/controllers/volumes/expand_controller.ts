import { keyOf } from '../../api/resource.ts'
import { CLAIMS, VOLUMES } from '../../api/resources.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Client } from '../../client/client.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { decideExpansion, type ExpandPlan, type ExpandView } from './expand_decide.ts'
import { LOCAL_PROVISIONER } from './names.ts'

const BY_VOLUME = 'volumes/expanding-by-volume'

/** Lets the built-in provisioner's volumes grow when their claims ask for more. Keys are claims. */
export function createExpandController(deps: ControllerDeps): Controller<ExpandView, ExpandPlan> {
  const claims = deps.informers.of(CLAIMS)
  const volumes = deps.informers.of(VOLUMES)
  claims.addIndex(BY_VOLUME, ({ spec }) => (spec.volumeName ? [spec.volumeName] : []))
  return {
    name: 'volume-expand',
    watches: [
      watchRule(CLAIMS, ({ key, current }) => (current === undefined ? [] : [key])),
      watchRule(VOLUMES, ({ key, current }) =>
        current === undefined ? [] : claims.byIndex(BY_VOLUME, key).filter(isGrowing).map(keyOf),
      ),
    ],
    view(key) {
      const claim = claims.get(key)
      return claim && { claim, volume: claim.spec.volumeName ? volumes.get(claim.spec.volumeName) : undefined }
    },
    decide: decideExpansion,
    apply: async (plan, { claim }, client) => {
      if (plan.action === 'leaveToOthers') {
        const { type, reason, message } = plan.event
        deps.events.record(claim, type, reason, message)
      }
      if (plan.action === 'expand') await expand({ client, deps }, claim, plan)
      return done
    },
  }
}

/** Most changes of volumes are other controllers' and concern no claim that grows. */
const isGrowing = ({ spec, status }: PersistentVolumeClaim): boolean =>
  spec.resources?.requests?.['storage'] !== status?.capacity?.['storage']

interface Hands {
  readonly client: Client
  readonly deps: ControllerDeps
}

/**
 * Three writes, as the resizer of a CSI driver makes them: the claim is being resized, the volume has
 * the new size, the claim has it. A directory has no file system of its own that a node would have to
 * enlarge, so the pod that uses it notices nothing. What is cut off half-way is decided on again.
 */
async function expand(
  { client, deps }: Hands,
  claim: PersistentVolumeClaim,
  { volume, size }: { readonly volume: PersistentVolume; readonly size: string },
): Promise<void> {
  const { name } = volume.metadata
  const began = await tellResizing(client, claim, { size, now: toRfc3339(deps.clock.now()) })
  if (began !== claim) {
    deps.events.record(claim, 'Normal', 'Resizing', `${LOCAL_PROVISIONER} is resizing volume ${name}`)
  }
  if (volume.spec.capacity?.['storage'] !== size) {
    await client.update(VOLUMES, {
      ...volume,
      spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage: size } },
    })
  }
  await tellResized(client, began, size)
  deps.events.record(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded')
}

const isAboutResizing = ({ type }: { readonly type: string }): boolean => type === 'Resizing'

async function tellResizing(
  client: Client,
  claim: PersistentVolumeClaim,
  { size, now }: { readonly size: string; readonly now: string },
): Promise<PersistentVolumeClaim> {
  const { conditions = [], allocatedResources, allocatedResourceStatuses } = claim.status ?? {}
  if (conditions.some(isAboutResizing) && allocatedResources?.['storage'] === size) return claim
  const resizing = { type: 'Resizing', status: 'True', lastTransitionTime: now }
  return client.updateStatus(CLAIMS, {
    ...claim,
    status: {
      ...claim.status,
      conditions: [...conditions.filter((one) => !isAboutResizing(one)), resizing],
      allocatedResources: { ...allocatedResources, storage: size },
      allocatedResourceStatuses: { ...allocatedResourceStatuses, storage: 'ControllerResizeInProgress' },
    },
  })
}

async function tellResized(client: Client, claim: PersistentVolumeClaim, size: string): Promise<void> {
  const { conditions = [], allocatedResourceStatuses, ...status } = claim.status ?? {}
  const { storage: _done, ...statuses } = allocatedResourceStatuses ?? {}
  const others = conditions.filter((one) => !isAboutResizing(one))
  await client.updateStatus(CLAIMS, {
    ...claim,
    status: {
      ...status,
      capacity: { ...status.capacity, storage: size },
      ...(others.length === 0 ? {} : { conditions: others }),
      ...(Object.keys(statuses).length === 0 ? {} : { allocatedResourceStatuses: statuses }),
    },
  })
}
