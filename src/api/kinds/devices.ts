import type * as k8s from '@kubernetes/client-node'
import type { KindRules } from '../kind_rules.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'

type DeviceClass = StoredWithSpec<k8s.V1DeviceClass>
type ResourceSlice = StoredWithSpec<k8s.V1ResourceSlice>

/** Kinds of devices that claims may ask for. They are kept, not handed out. */
export const deviceClassRules: KindRules<DeviceClass> = {
  resource: clusterRef('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass'),
  deleteAnswersObject: true,
  generation: 'spec',
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
}

/** What devices a driver has on a node. */
export const resourceSliceRules: KindRules<ResourceSlice> = {
  resource: clusterRef('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice'),
  deleteAnswersObject: true,
  generation: 'spec',
  selectableFields: ({ spec }) => ({ 'spec.nodeName': spec?.nodeName ?? '', 'spec.driver': spec?.driver ?? '' }),
  unselectable: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  cells: ({ metadata, spec }, now) => [
    metadata.name,
    spec?.nodeName ?? '',
    spec?.driver ?? '',
    spec?.pool?.name ?? '',
    ageOf(metadata.creationTimestamp, now),
  ],
}
