import { isAlreadyExists } from '../../api/error.ts'
import { VOLUMES } from '../../api/resources.ts'
import type { Draft, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types.ts'
import { classOf, PROVISIONED_BY_ANNOTATION } from '../../api/volume_binding.ts'
import { messageOf } from '../../base/log.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../runtime/events.ts'
import { LOCAL_PROVISIONER, PROVISIONER_FINALIZER } from './names.ts'
import type { VolumeStore } from './store.ts'

/** The name of the volume that is made for a claim: the same however often it is tried. */
const volumeNameFor = (claim: PersistentVolumeClaim): string => `pvc-${claim.metadata.uid}`

export interface ProvisionTools {
  readonly client: Client
  readonly store: VolumeStore
  readonly events: EventRecorder
}

/** Makes a directory and the volume that stands for it, reserved for the claim; the binder does the rest. */
export async function provision(
  { client, store, events }: ProvisionTools,
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
): Promise<void> {
  const name = volumeNameFor(claim)
  try {
    const path = await store.create(name)
    await client.create(VOLUMES, volumeDraft(claim, storageClass, path))
    events.record(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`)
  } catch (error) {
    if (isAlreadyExists(error)) return
    const message = `failed to provision volume with StorageClass ${JSON.stringify(storageClass.metadata.name)}: ${messageOf(error)}`
    events.record(claim, 'Warning', 'ProvisioningFailed', message)
    throw error
  }
}

/** All nodes of the machine see the directory, so the volume has no node affinity. */
function volumeDraft(claim: PersistentVolumeClaim, storageClass: StorageClass, path: string): Draft<PersistentVolume> {
  const { namespace = '', name, uid, resourceVersion } = claim.metadata
  const storage = claim.spec.resources?.requests?.['storage'] ?? '0'
  return {
    metadata: {
      name: volumeNameFor(claim),
      annotations: { [PROVISIONED_BY_ANNOTATION]: LOCAL_PROVISIONER },
      finalizers: [PROVISIONER_FINALIZER],
    },
    spec: {
      capacity: { storage },
      accessModes: claim.spec.accessModes ?? [],
      claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: classOf(claim),
      volumeMode: 'Filesystem',
      hostPath: { path, type: 'Directory' },
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
    },
  }
}
