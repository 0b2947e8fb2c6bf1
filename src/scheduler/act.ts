import { isConflict, isNotFound } from '../api/error.ts'
import { CLAIMS, PODS, VOLUMES } from '../api/resources.ts'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../api/types.ts'
import { BOUND_BY_CONTROLLER_ANNOTATION, isReservedFor, SELECTED_NODE_ANNOTATION } from '../api/volume_binding.ts'
import type { Millis } from '../base/clock.ts'
import { toRfc3339 } from '../base/time.ts'
import type { Client } from '../client/client.ts'
import type { VolumePlan } from './volume_plan.ts'

/** Sends the pod to the node. False if somebody else was quicker or the pod is gone. */
export async function bindPod(client: Client, pod: Pod, nodeName: string): Promise<boolean> {
  const { namespace = '', name, uid } = pod.metadata
  const target = { kind: 'Node', name: nodeName }
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { namespace, name, uid }, target }
  try {
    await client.createSubresource(PODS, { namespace, name }, 'binding', binding)
    return true
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return false
    throw error
  }
}

/** Says on the pod why it has no node. False if it says so already. */
export async function tellUnschedulable(client: Client, pod: Pod, message: string, now: Millis): Promise<boolean> {
  const known = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
  if (known?.status === 'False' && known.message === message && known.reason === 'Unschedulable') return false
  const { namespace = '', name, uid, generation } = pod.metadata
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastProbeTime: null,
    lastTransitionTime: known?.status === 'False' ? known.lastTransitionTime : toRfc3339(now),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
  const body = { metadata: { uid }, status: { conditions: [condition] } }
  try {
    await client.patch(PODS, { namespace, name }, { type: 'strategic', body, subresource: 'status' })
    return true
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return false
    throw error
  }
}

/** Reserves volumes for claims and tells provisioners for which node the others are wanted. Repeating it changes nothing. */
export async function prepareVolumes(client: Client, plan: VolumePlan, nodeName: string): Promise<void> {
  await Promise.all([
    ...plan.match.map(({ claim, volume }) => reserve(client, claim, volume)),
    ...plan.provision.map((claim) => selectNode(client, claim, nodeName)),
  ])
}

async function reserve(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
  if (isReservedFor(volume, claim) && volume.spec.claimRef?.uid === claim.metadata.uid) return
  const { namespace = '', name, uid, resourceVersion } = claim.metadata
  const chosenByUser = isReservedFor(volume, claim)
  const annotations = {
    ...volume.metadata.annotations,
    ...(chosenByUser ? {} : { [BOUND_BY_CONTROLLER_ANNOTATION]: 'yes' }),
  }
  const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion }
  await client.update(VOLUMES, {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef },
  })
}

async function selectNode(client: Client, claim: PersistentVolumeClaim, nodeName: string): Promise<void> {
  if (claim.metadata.annotations?.[SELECTED_NODE_ANNOTATION] === nodeName) return
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE_ANNOTATION]: nodeName }
  await client.update(CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations } })
}
