import { fill, type Loose, part } from './draft.ts'

/** What the spec of a claim gets, also within a template. */
export function claimSpecDefaults(spec: Loose): void {
  spec.volumeMode ??= 'Filesystem'
  part(spec, 'resources')
}

/** A claim of its own: the status says at once that it waits. */
export function claimDefaults(claim: Loose): void {
  claimSpecDefaults(part(claim, 'spec'))
  fill(part(claim, 'status'), 'phase', 'Pending')
}

/**
 * The two fields for where data comes from mean the same. The old one knows claims and snapshots only and drops the
 * rest; a source in another namespace is behind a gate that v1.36 ships off.
 */
export function mirrorDataSources(spec: Loose): void {
  if (spec.dataSourceRef?.namespace) delete spec.dataSourceRef
  if (spec.dataSource && !spec.dataSourceRef && !isClaimOrSnapshot(spec.dataSource)) delete spec.dataSource
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource }
  else if (dataSourceRef && !dataSource) spec.dataSource = { ...dataSourceRef }
}

const isClaimOrSnapshot = ({ apiGroup = '', kind }: Loose): boolean =>
  (kind === 'PersistentVolumeClaim' && apiGroup === '') ||
  (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')
