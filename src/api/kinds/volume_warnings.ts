import type { PersistentVolume } from '../types.ts'
import { deprecatedExpressionWarnings } from './deprecated_labels.ts'
import { goneSourceWarnings } from './gone_sources.ts'

const GONE = ['cephfs', 'photon', 'scaleIO', 'storageos', 'glusterfs', 'rbd']
const DEPRECATED_ANNOTATIONS: Readonly<Record<string, string>> = {
  'volume.beta.kubernetes.io/storage-class': 'deprecated since v1.8; use "storageClassName" attribute instead',
  'volume.beta.kubernetes.io/mount-options': 'deprecated since v1.31; use "mountOptions" attribute instead',
}
const RECYCLE =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'

/** What is allowed for a piece of storage, but no longer right. */
export const volumeWarnings = ({ metadata, spec }: PersistentVolume): string[] => [
  ...Object.entries(DEPRECATED_ANNOTATIONS).flatMap(([key, message]) =>
    metadata.annotations?.[key] === undefined ? [] : [`metadata.annotations[${key}]: ${message}`],
  ),
  ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [`spec.persistentVolumeReclaimPolicy: ${RECYCLE}`] : []),
  ...(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
    deprecatedExpressionWarnings(term.matchExpressions, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`),
  ),
  ...goneSourceWarnings(spec, GONE, 'spec'),
]
