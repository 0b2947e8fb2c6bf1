import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { ImageSource } from '../cri/cri_images.ts'
import { runCommand } from '../processes.ts'
import { blobPath } from './blobs.ts'
import { blobsOf, indexDocument, type StoredImage } from './image_index.ts'
import type { ImageStore } from './image_store.ts'
import { IMPORT_TIMEOUT_MS, PULL_TIMEOUT_MS } from './limits.ts'

export interface NodeImagesOptions {
  readonly store: ImageStore
  /** The node's containerd. */
  readonly socket: string
  /** Put before commands that download (`nsenter --net=…` of the machine's own network). */
  readonly enterHost: readonly string[]
  /** Whether registries may be asked. Off: an image that is not here is an error. */
  readonly registries: boolean
}

/**
 * Brings images into one node's containerd: from the machine's store, else by a recipe, else from the
 * image's registry if that is allowed. Calls for the same image are joined.
 */
export function createNodeImages(options: NodeImagesOptions): ImageSource {
  const underWay = new Map<string, Promise<void>>()
  return {
    standInFor: (reference) => options.store.standInFor(reference),
    newestId: async (reference) => {
      const own = await ownImage(options.store, reference)
      return own && blobsOf(options.store.layout, own)[1]
    },
    bring: (reference) => {
      const running = underWay.get(reference) ?? bring(options, reference).finally(() => underWay.delete(reference))
      underWay.set(reference, running)
      return running
    },
  }
}

/** A loaded image goes before a recipe; building one that is built is immediate, and notices a changed recipe. */
async function ownImage(store: ImageStore, reference: string): Promise<StoredImage | undefined> {
  const stored = store.find(reference)
  const mayBuild = store.canBuild(reference) && (stored === undefined || stored.standsInFor !== undefined)
  // Without a network an older build is better than none.
  return mayBuild ? store.buildImage(reference).catch((error) => stored ?? Promise.reject(error)) : stored
}

async function bring(options: NodeImagesOptions, reference: string): Promise<void> {
  const { store } = options
  const stored = await ownImage(store, reference)
  if (stored !== undefined) return importImage(store.layout, stored, options.socket)
  if (options.registries) return pullImage(options, reference)
  throw new Error(
    "not in the machine's image store, there is no recipe for it, and registries are not asked; " +
      'load it with: berth image load FILE.tar',
  )
}

/** Streams the image's part of the layout to containerd, which unpacks it; nothing is stored in between. */
export async function importImage(layout: string, image: StoredImage, socket: string): Promise<void> {
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

/** `ctr` itself talks to the registry, so it can do so from the machine's network while containerd has none. */
async function pullImage(options: NodeImagesOptions, reference: string): Promise<void> {
  const pull = ['ctr', '-a', options.socket, '-n', 'k8s.io', 'images', 'pull']
  // From version 2 on `ctr` leaves the transfer to containerd unless told otherwise.
  const help = await runCommand([...pull, '--help'])
  const local = help.stdout.includes('--local') ? ['--local'] : []
  const result = await runCommand([...options.enterHost, ...pull, ...local, reference], { timeoutMs: PULL_TIMEOUT_MS })
  if (result.code !== 0) throw new Error(result.stderr.trim().split('\n').at(-1) ?? 'the pull failed')
}
