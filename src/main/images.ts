import { createImageStore, type ImageStore } from '../host/images/image_store.ts'
import { dataDirectory } from './data_directory.ts'

/** The machine's images of one data directory. */
export const imageStore = (data: string | undefined, onProgress: (message: string) => void): ImageStore =>
  createImageStore({ layout: dataDirectory(data).images, onProgress })
