import { meets } from '../api/selector_match.ts'
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/types.ts'
import { findVolume, NO_PROVISIONER, SELECTED_NODE_ANNOTATION } from '../api/volume_binding.ts'
import type { SchedulingContext } from './framework.ts'

/** How the claims that wait get their volumes if the pod goes to a certain node. */
export interface VolumePlan {
  readonly match: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[]
  readonly provision: readonly PersistentVolumeClaim[]
}

/** The plan for one node; undefined if some claim can get no volume there. */
export function volumesFor({ claims, volumes }: SchedulingContext, node: Node): VolumePlan | undefined {
  const match: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = []
  const provision: PersistentVolumeClaim[] = []
  const taken = new Set<string>()
  for (const { claim, storageClass } of claims.waiting) {
    const chosen = claim.metadata.annotations?.[SELECTED_NODE_ANNOTATION]
    if (chosen !== undefined && chosen !== node.metadata.name) return undefined
    const volume = chosen === undefined ? findVolume(claim, volumes, { node, waits: true, taken }) : undefined
    if (volume !== undefined) {
      taken.add(volume.metadata.name)
      match.push({ claim, volume })
    } else if (canProvision(storageClass, node)) provision.push(claim)
    else return undefined
  }
  return { match, provision }
}

function canProvision({ provisioner, allowedTopologies = [] }: StorageClass, node: Node): boolean {
  if (provisioner === '' || provisioner === NO_PROVISIONER) return false
  return allowedTopologies.length === 0 || allowedTopologies.some((topology) => isIn(topology, node))
}

type Topology = NonNullable<StorageClass['allowedTopologies']>[number]

const isIn = ({ matchLabelExpressions = [] }: Topology, node: Node): boolean =>
  matchLabelExpressions.every(({ key, values }) => meets({ key, operator: 'In', values }, node.metadata.labels ?? {}))
