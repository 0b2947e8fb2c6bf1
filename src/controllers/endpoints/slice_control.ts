import { isNotFound } from '../../api/error.ts'
import { keyOf, type ObjectKey } from '../../api/resource.ts'
import { ENDPOINT_SLICES } from '../../api/resources.ts'
import type { EndpointSlice } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { SERVICE_NAME_LABEL, SLICE_MANAGED_BY_LABEL } from './names.ts'
import type { SlicePlan } from './slice_packing.ts'

/** The service of a slice, if this manager keeps that slice. */
export const serviceKeysOf =
  (manager: string) =>
  ({ metadata }: EndpointSlice): readonly ObjectKey[] => {
    const labels = metadata.labels ?? {}
    const service = labels[SERVICE_NAME_LABEL]
    if (service === undefined || labels[SLICE_MANAGED_BY_LABEL] !== manager) return []
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
