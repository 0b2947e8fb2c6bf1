import { CLAIMS, VOLUMES } from '../../api/resources.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts'
import { BIND_COMPLETED_ANNOTATION, BOUND_BY_CONTROLLER_ANNOTATION } from '../../api/volume_binding.ts'
import type { Client } from '../../client/client.ts'

/**
 * Binds a claim and a volume to each other in four writes, each conditional on the version that was
 * decided on and left out where it is done already: the volume names the claim, the volume is
 * Bound, the claim names the volume, the claim is Bound. A crash between them is taken up again,
 * because each side then points to the other as far as it got.
 */
export async function bind(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
  const reserved = await nameClaim(client, volume, claim)
  await tellVolumeBound(client, reserved)
  const named = await nameVolume(client, claim, reserved)
  await tellClaimBound(client, named, reserved)
}

async function nameClaim(
  client: Client,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): Promise<PersistentVolume> {
  const { namespace = '', name, uid, resourceVersion } = claim.metadata
  if (volume.spec.claimRef?.uid === uid) return volume
  const chosenHere = volume.spec.claimRef === undefined ? { [BOUND_BY_CONTROLLER_ANNOTATION]: 'yes' } : {}
  const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion }
  return client.update(VOLUMES, {
    ...volume,
    metadata: { ...volume.metadata, annotations: { ...volume.metadata.annotations, ...chosenHere } },
    spec: { ...volume.spec, claimRef },
  })
}

async function tellVolumeBound(client: Client, volume: PersistentVolume): Promise<void> {
  if (volume.status?.phase === 'Bound') return
  await client.updateStatus(VOLUMES, { ...volume, status: { ...volume.status, phase: 'Bound' } })
}

async function nameVolume(
  client: Client,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
): Promise<PersistentVolumeClaim> {
  const old = claim.metadata.annotations ?? {}
  const isNamed = claim.spec.volumeName === volume.metadata.name
  if (isNamed && Object.hasOwn(old, BIND_COMPLETED_ANNOTATION)) return claim
  const chosenHere = isNamed ? {} : { [BOUND_BY_CONTROLLER_ANNOTATION]: 'yes' }
  const annotations = { ...old, ...chosenHere, [BIND_COMPLETED_ANNOTATION]: 'yes' }
  return client.update(CLAIMS, {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  })
}

async function tellClaimBound(client: Client, claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
  if (claim.status?.phase === 'Bound') return
  const { accessModes = [], capacity = {}, volumeAttributesClassName } = volume.spec
  // From now on it says what somebody else has made of the volume.
  const attributes = volumeAttributesClassName && { currentVolumeAttributesClassName: volumeAttributesClassName }
  const status = { ...claim.status, phase: 'Bound', accessModes, capacity, ...attributes }
  await client.updateStatus(CLAIMS, { ...claim, status })
}
