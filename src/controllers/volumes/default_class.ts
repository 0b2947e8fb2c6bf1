import { isAlreadyExists } from '../../api/error.ts'
import { STORAGE_CLASSES } from '../../api/resources.ts'
import type { Client } from '../../client/client.ts'
import { DEFAULT_CLASS, DEFAULT_CLASS_ANNOTATION, LOCAL_PROVISIONER } from './names.ts'

/**
 * Makes the class that claims get which name none. Its volumes are made when a pod has found its
 * node: a claim nobody uses costs nothing, and a pod's first event is not a failure to be scheduled.
 * They may grow, which costs a directory nothing: whoever named no class can still ask for more.
 * A class of that name that is there already, perhaps changed by its user, stays as it is.
 */
export async function createDefaultStorageClass(client: Client): Promise<void> {
  try {
    await client.create(STORAGE_CLASSES, {
      metadata: { name: DEFAULT_CLASS, annotations: { [DEFAULT_CLASS_ANNOTATION]: 'true' } },
      provisioner: LOCAL_PROVISIONER,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}
