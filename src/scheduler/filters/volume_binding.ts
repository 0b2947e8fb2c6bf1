import { nodeMayUse } from '../../api/volume_binding.ts'
import { type Filter, rejectFinally } from '../framework.ts'
import { volumesFor } from '../volume_plan.ts'

/** Bound volumes must be usable on the node, and every claim that waits must be able to get one there. */
export const volumeBinding: Filter = (context, { node }) => {
  const { bound } = context.claims
  if (bound.some(({ volume }) => volume === undefined)) {
    return rejectFinally('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')
  }
  if (bound.some(({ volume }) => volume !== undefined && !nodeMayUse(volume, node))) {
    return rejectFinally("node(s) didn't match PersistentVolume's node affinity")
  }
  return volumesFor(context, node) === undefined
    ? rejectFinally("node(s) didn't find available persistent volumes to bind")
    : undefined
}
