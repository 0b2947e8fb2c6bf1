import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { blobPath, type Descriptor } from './blobs.ts'
import { blobsOf, readIndex } from './image_index.ts'

/** Forgets what a layer's earlier recipes gave; images that still use it keep it. */
export function forgetOlderLayers(layout: string, name: string, keep: string): void {
  for (const file of layerFiles(layout)) {
    const isOfLayer = file.startsWith(`${name}-`) && file.length === `${name}-`.length + '0123456789abcdef.json'.length
    if (isOfLayer && file !== keep) rmSync(join(layout, 'layers', file))
  }
}

/** Removes blobs that no image and no built layer needs any more. The caller holds the store's lock. */
export function pruneBlobs(layout: string): void {
  const needed = new Set(layerFiles(layout).map((file) => digestIn(join(layout, 'layers', file))))
  for (const image of readIndex(layout)) {
    // An image whose manifest was removed by hand needs nothing; it is built or loaded anew when it is wanted.
    if (existsSync(blobPath(layout, image.manifest.digest)))
      for (const digest of blobsOf(layout, image)) needed.add(digest)
  }
  for (const name of readdirSync(join(layout, 'blobs', 'sha256'))) {
    if (!needed.has(`sha256:${name}`)) rmSync(blobPath(layout, `sha256:${name}`))
  }
}

function layerFiles(layout: string): readonly string[] {
  const directory = join(layout, 'layers')
  return existsSync(directory) ? readdirSync(directory) : []
}

function digestIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as Descriptor).digest
}
