import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { ImageRequest, ImageSource } from '../cri/cri_images.ts'
import { runCommand } from '../processes.ts'
import { blobPath } from './blobs.ts'
import { blobsOf, indexDocument, type StoredImage } from './image_index.ts'
import type { ImageStore } from './image_store.ts'
import { IMPORT_TIMEOUT_MS, LOOK_UP_TIMEOUT_MS } from './limits.ts'
import { createOriginChoice, type ImageChoice, type Origin } from './origin.ts'

export interface NodeImagesOptions {
  readonly store: ImageStore
  /** The node's containerd. */
  readonly socket: string
  readonly images: ImageChoice
}

/** Brings images into one node's containerd, from wherever they come. Calls for the same image are joined. */
export function createNodeImages(options: NodeImagesOptions): ImageSource {
  const { store } = options
  const underWay = new Map<string, Promise<void>>()
  const originOf = createOriginChoice(options)
  const bring = async (wanted: ImageRequest) =>
    importImage(store.layout, await imageFor(store, await originOf(wanted), wanted), options.socket)
  return {
    standInFor: (reference, id) => {
      const stored = store.find(reference)
      return stored !== undefined && idOf(store, stored) === id ? stored.standsInFor : undefined
    },
    isOutdated: (reference, id) => {
      const stored = store.find(reference)
      return stored !== undefined && idOf(store, stored) !== id
    },
    newestId: async (wanted) => {
      const origin = await originOf(wanted)
      const newest = origin === 'registry' ? await unchanged(store, wanted) : await imageFor(store, origin, wanted)
      return newest && idOf(store, newest)
    },
    bring: (wanted) => {
      const key = `${wanted.reference} ${wanted.credentials ?? ''}`
      const running = underWay.get(key) ?? bring(wanted).finally(() => underWay.delete(key))
      underWay.set(key, running)
      return running
    },
  }
}

/** Answers with an image of the machine's store, fetched or built if it has to be. @throws Error that says why it cannot be had */
export function imageSupply({ store, images }: Pick<NodeImagesOptions, 'store' | 'images'>) {
  const originOf = createOriginChoice({ store, images })
  return async (wanted: ImageRequest): Promise<StoredImage> => imageFor(store, await originOf(wanted), wanted)
}

/** containerd calls an image by the digest of its config. */
const idOf = (store: ImageStore, image: StoredImage): string | undefined => blobsOf(store.layout, image)[1]

/** The image that was fetched, if the registry still has the same. */
async function unchanged(store: ImageStore, wanted: ImageRequest): Promise<StoredImage | undefined> {
  const stored = store.find(wanted.reference)
  const isSame = stored?.registryDigest === (await store.lookUp(wanted, LOOK_UP_TIMEOUT_MS))
  return isSame ? stored : undefined
}

async function imageFor(store: ImageStore, origin: Origin, wanted: ImageRequest): Promise<StoredImage> {
  const stored = store.find(wanted.reference)
  if (origin === 'store' && stored !== undefined) return stored
  if (origin === 'registry') return store.pullImage(wanted)
  // Building what is built is immediate, and notices a changed recipe; without a network an older build is better than none.
  return store.buildImage(wanted.reference).catch((error) => stored ?? Promise.reject(error))
}

/** Streams the image's part of the layout to containerd, which unpacks it; nothing is stored in between. */
async function importImage(layout: string, image: StoredImage, socket: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-import-'))
  try {
    writeFileSync(join(scratch, 'index.json'), indexDocument([image]))
    const present = await contentOf(socket)
    const missing = blobsOf(layout, image).filter((digest) => !present.has(digest))
    const blobs = missing.map((digest) => relative(layout, blobPath(layout, digest)))
    // The layout's files as they are, with an index of this one image.
    const script = 'tar -cf - -C "$1" index.json -C "$2" oci-layout "${@:4}" | ctr -a "$3" -n k8s.io images import -'
    const command = ['bash', '-euo', 'pipefail', '-c', script, 'import', scratch, layout, socket, ...blobs]
    const result = await runCommand(command, { timeoutMs: IMPORT_TIMEOUT_MS })
    if (result.code !== 0) throw new Error(`import of ${image.reference} failed: ${result.stderr.trim()}`)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Layers that another image brought already need not be sent again. */
async function contentOf(socket: string): Promise<ReadonlySet<string>> {
  const result = await runCommand(['ctr', '-a', socket, '-n', 'k8s.io', 'content', 'ls', '--quiet'])
  return new Set(result.stdout.split('\n').filter(Boolean))
}
