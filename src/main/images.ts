import { createImageStore, type ImageStore } from '../host/images/image_store.ts'
import { imageSupply } from '../host/images/node_images.ts'
import { normalizeReference } from '../host/images/reference.ts'
import { readClusterFile } from './cluster_file.ts'
import { dataDirectory } from './data_directory.ts'

/** The machine's images of one data directory. */
export const imageStore = (data: string | undefined, onProgress: (message: string) => void): ImageStore =>
  createImageStore({ layout: dataDirectory(data).images, onProgress })

/** An image as its pods will get it. */
export interface PreparedImage {
  readonly reference: string
  /** What it really is, when it is not the original. */
  readonly standsInFor: string | undefined
}

/** Fetches or builds images before their pods ask for them, by the choice that the cluster was started with. */
export function imagesOfCluster(data: string | undefined, onProgress: (message: string) => void) {
  const store = imageStore(data, onProgress)
  const { images = 'auto' } = readClusterFile(dataDirectory(data)) ?? {}
  const obtain = imageSupply({ store, images })
  return {
    canBuild: (name: string): boolean => store.canBuild(name),
    /** @throws Error that says why it cannot be had */
    obtain: (name: string): Promise<PreparedImage> =>
      obtain({ reference: normalizeReference(name) ?? name, policy: 'IfNotPresent' }),
  }
}
