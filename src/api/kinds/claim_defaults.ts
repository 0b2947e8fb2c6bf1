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
