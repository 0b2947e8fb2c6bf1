import type * as k8s from '@kubernetes/client-node'
import { toRfc3339 } from '../../../base/time.ts'
import { type FieldError, invalid } from '../../field_error.ts'
import type { KindRules } from '../../kind_rules.ts'
import { equal } from '../../validation/equality.ts'
import { isExtendedResource } from '../../validation/resource_names.ts'
import { items, type Loose, part } from '../draft.ts'
import { ageOf } from '../durations.ts'
import { clusterRef, type StoredWithSpec } from '../refs.ts'
import { configurationErrors, deviceSelectorErrors, listErrors } from './resource_common.ts'
import { sliceErrors } from './resource_slice_validation.ts'

type DeviceClass = StoredWithSpec<k8s.V1DeviceClass>
type ResourceSlice = StoredWithSpec<k8s.V1ResourceSlice>

const CONFIGURATIONS_MAX = 32

/** Configurations that stay as they are may be longer than new ones. */
function classErrors(spec: Loose = {}, old: Loose | undefined): FieldError[] {
  const { selectors, config, extendedResourceName: name } = spec
  const stored = old !== undefined && equal(config ?? [], old.config ?? [])
  return [
    ...deviceSelectorErrors(selectors, 'spec.selectors'),
    ...listErrors<Loose>(config, CONFIGURATIONS_MAX, 'spec.config', (one, at) => configurationErrors(one, at, stored)),
    ...(name === undefined || isExtendedResource(name)
      ? []
      : [invalid('spec.extendedResourceName', name, 'must be a valid extended resource name')]),
  ]
}

/** Kinds of devices that claims may ask for. They are kept, not handed out. */
export const deviceClassRules: KindRules<DeviceClass> = {
  resource: clusterRef('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass'),
  generation: 'spec',
  deleteAnswersObject: true,
  defaults: (draft) => {
    part(draft, 'spec')
  },
  validateCreate: ({ spec }) => classErrors(spec, undefined),
  validateUpdate: ({ spec }, old) => classErrors(spec, old.spec),
  cells: ({ metadata }, now) => [metadata.name, ageOf(metadata.creationTimestamp, now)],
}

/** What devices a driver has on a node. */
export const resourceSliceRules: KindRules<ResourceSlice> = {
  resource: clusterRef('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice'),
  generation: 'spec',
  deleteAnswersObject: true,
  defaults: (draft) => {
    part(draft, 'spec')
  },
  prepareCreate: (draft, { now }) => prepareDevices(draft['spec'], toRfc3339(now)),
  prepareUpdate: (draft, _old, { now }) => prepareDevices(draft['spec'], toRfc3339(now)),
  validateCreate: ({ spec }) => sliceErrors(spec ?? {}, undefined),
  validateUpdate: ({ spec }, old) => sliceErrors(spec ?? {}, old.spec),
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

/** Upstream has them behind a gate that is off: they are dropped. */
const GATED_VALUES = ['bools', 'ints', 'strings', 'versions']

/** A taint that does not say since when it is there is new. */
function prepareDevices(spec: Loose, now: string): void {
  for (const device of items(spec?.devices)) {
    for (const taint of items(device.taints)) taint.timeAdded ??= now
    for (const attribute of Object.values<Loose>(device.attributes ?? {})) {
      for (const name of GATED_VALUES) delete attribute[name]
    }
  }
}
