import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid, required, tooLong } from '../field_error.ts'
import type { KindRules } from '../kind_rules.ts'
import type { PersistentVolume } from '../types.ts'
import { formed } from '../validation/checks.ts'
import { equal } from '../validation/equality.ts'
import { goNamed } from '../validation/go_names.ts'
import { dnsSubdomain } from '../validation/names.ts'
import { INT32_MAX, inRange } from '../validation/numbers.ts'
import { csiDriverNameErrors } from './csi_driver_name.ts'
import { keepStatus } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, type StoredWithSpec } from './refs.ts'
import { inlineVolumeErrors } from './volume_validation.ts'

type VolumeAttachment = StoredWithSpec<k8s.V1VolumeAttachment>
type VolumeFault = NonNullable<NonNullable<VolumeAttachment['status']>['attachError']>

const MESSAGE_BYTES_MAX = 1024
/** What upstream's message says instead. */
const MESSAGE_BYTES_TOLD = 262_144
const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

function validate({ spec, status }: VolumeAttachment): FieldError[] {
  const { persistentVolumeName: name } = spec.source ?? {}
  return [
    ...csiDriverNameErrors(spec.attacher ?? '', 'spec.attacher'),
    ...sourceErrors(spec.source ?? {}),
    ...formed(spec.nodeName ?? '', dnsSubdomain, 'spec.nodeName'),
    ...statusErrors({ status } as VolumeAttachment),
    ...(name === undefined ? [] : formed(name, dnsSubdomain, 'spec.source.persistentVolumeName')),
  ]
}

function sourceErrors({ inlineVolumeSpec: inline, persistentVolumeName: name }: VolumeAttachment['spec']['source']) {
  const at = 'spec.source'
  if (inline === undefined && name === undefined) return [required(at, ONE_SOURCE)]
  if (inline !== undefined && name !== undefined) return [forbidden(at, ONE_SOURCE)]
  if (inline !== undefined) return inlineVolumeErrors(inline as PersistentVolume['spec'], `${at}.inlineVolumeSpec`)
  return name === '' ? [required(`${at}.persistentVolumeName`, 'must specify non empty persistentVolumeName')] : []
}

const faultErrors = (fault: VolumeFault | undefined, at: string): FieldError[] => [
  ...((fault?.message ?? '').length > MESSAGE_BYTES_MAX ? [tooLong(`${at}.message`, MESSAGE_BYTES_TOLD)] : []),
  ...inRange(fault?.errorCode, 0, INT32_MAX, `${at}.errorCode`),
]

const statusErrors = ({ status }: VolumeAttachment): FieldError[] => [
  ...faultErrors(status?.attachError, 'status.attachError'),
  ...faultErrors(status?.detachError, 'status.detachError'),
]

/** A volume that a driver is to bring to a node. */
export const volumeAttachmentRules: KindRules<VolumeAttachment> = {
  resource: clusterRef('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment'),
  deleteAnswersObject: true,
  generation: 'none',
  prepareCreate: (draft) => {
    draft['status'] = { attached: false }
  },
  prepareUpdate: keepStatus,
  validateCreate: validate,
  validateStatusUpdate: statusErrors,
  validateUpdate: (one, old) => [
    ...validate(one),
    ...(equal(one.spec, old.spec)
      ? []
      : [invalid('spec', goNamed('storage.VolumeAttachmentSpec', one.spec), 'field is immutable')]),
  ],
  cells: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.attacher,
    spec.source?.persistentVolumeName ?? '',
    spec.nodeName,
    status?.attached ?? false,
    ageOf(metadata.creationTimestamp, now),
  ],
}
