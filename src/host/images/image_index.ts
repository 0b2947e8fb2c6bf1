import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blobPath, type Descriptor } from './blobs.ts'

/** An image of the machine's store. */
export interface StoredImage {
  /** Full name. */
  readonly reference: string
  readonly manifest: Descriptor
  /** What it really is, when it serves another image's name. */
  readonly standsInFor: string | undefined
  /** What the registry had when the image was fetched from there; absent for one that was built or loaded. */
  readonly registryDigest?: string
}

/** containerd takes an imported image's name from this annotation. */
const NAME = 'io.containerd.image.name'
const STANDS_IN_FOR = 'dev.berth.image.stands-in-for'
const REGISTRY_DIGEST = 'dev.berth.image.registry-digest'

/** The images of an OCI layout, in the order in which they were added. */
export function readIndex(layout: string): readonly StoredImage[] {
  const file = join(layout, 'index.json')
  if (!existsSync(file)) return []
  const { manifests } = JSON.parse(readFileSync(file, 'utf8')) as { manifests: readonly Descriptor[] }
  return manifests.map((manifest) => {
    const {
      [NAME]: reference = '',
      [STANDS_IN_FOR]: standsInFor,
      [REGISTRY_DIGEST]: registryDigest,
    } = manifest.annotations ?? {}
    return { reference, manifest, standsInFor, ...(registryDigest !== undefined && { registryDigest }) }
  })
}

/** Adds an image or gives its name to another manifest. The caller holds the store's lock. */
export function addToIndex(layout: string, image: StoredImage): void {
  const others = readIndex(layout).filter(({ reference }) => reference !== image.reference)
  writeIndex(layout, [...others, image])
}

function writeIndex(layout: string, images: readonly StoredImage[]): void {
  const file = join(layout, 'index.json')
  writeFileSync(`${file}.new`, indexDocument(images))
  renameSync(`${file}.new`, file)
}

/** The `index.json` of a layout with these images. */
export function indexDocument(images: readonly StoredImage[]): string {
  const manifests = images.map(({ reference, manifest, standsInFor, registryDigest }) => ({
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.size,
    annotations: {
      [NAME]: reference,
      ...(standsInFor !== undefined && { [STANDS_IN_FOR]: standsInFor }),
      ...(registryDigest !== undefined && { [REGISTRY_DIGEST]: registryDigest }),
    },
  }))
  return JSON.stringify({ schemaVersion: 2, manifests }, null, 1)
}

/** Digests of everything that an image consists of. */
export function blobsOf(layout: string, image: StoredImage): readonly string[] {
  const manifest = JSON.parse(readFileSync(blobPath(layout, image.manifest.digest), 'utf8')) as {
    config: Descriptor
    layers: readonly Descriptor[]
  }
  return [image.manifest.digest, manifest.config.digest, ...manifest.layers.map(({ digest }) => digest)]
}
