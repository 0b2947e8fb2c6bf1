import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../../base/clock.ts'
import { blobPath, CONFIG_TYPE, type Descriptor, MANIFEST_TYPE, writeJsonBlob } from './blobs.ts'
import { type DebianSources, debianSources } from './debian.ts'
import { addToIndex, readIndex, type StoredImage } from './image_index.ts'
import { type BuildPlace, buildLayer } from './layer_builder.ts'
import { LOOK_UP_TIMEOUT_MS } from './limits.ts'
import { adoptDownload, loadArchive } from './load_archive.ts'
import { withLock } from './lock.ts'
import { pruneBlobs } from './prune.ts'
import { type ImageRecipe, loadRecipes, type Recipes } from './recipes.ts'
import { normalizeReference } from './reference.ts'
import { download, lookUp, type RegistryAccess, type RegistryRequest } from './registry.ts'

/** The machine's images: one OCI layout under the data directory, shared by all nodes. */
export interface ImageStore {
  readonly layout: string
  listImages(): readonly StoredImage[]
  /** The image of this name, if it was built or loaded. */
  find(reference: string): StoredImage | undefined
  /** Whether a recipe can make it. */
  canBuild(reference: string): boolean
  /** What the image of a recipe really is. */
  standInFor(reference: string): string | undefined
  /** All names that recipes serve. */
  buildable(): readonly string[]
  /** Builds what is missing of it and answers the image; the second time it is immediate. @throws Error */
  buildImage(name: string): Promise<StoredImage>
  /** Takes in an OCI or Docker archive (`docker save`); answers the names that it gave. @throws Error */
  loadImage(tarFile: string): Promise<readonly string[]>
  /** The digest of what the registry has under this name now. @throws Error */
  lookUp(request: RegistryRequest, limitMs: Millis): Promise<string>
  /** Fetches an image from its registry, unless what is there is here already. @throws Error */
  pullImage(request: RegistryRequest): Promise<StoredImage>
}

export interface ImageStoreOptions {
  /** The OCI layout's folder. */
  readonly layout: string
  /** Put before commands that download: an agent inside a node has no network of its own. */
  readonly enterHost?: readonly string[]
  readonly onProgress?: (message: string) => void
}

/** Cheap to make: it reads the recipes and nothing else. */
export function createImageStore(options: ImageStoreOptions): ImageStore {
  const { layout } = options
  const recipes = loadRecipes()
  const place: BuildPlace = { layout, enterHost: options.enterHost ?? [], onProgress: options.onProgress ?? (() => {}) }
  const access = {
    enterHost: place.enterHost,
    work: join(layout, 'work'),
    settings: join(layout, 'registries.conf'),
  }
  const find = (reference: string) => {
    const full = normalizeReference(reference)
    const found = readIndex(layout).find((image) => image.reference === full)
    return found !== undefined && existsSync(blobPath(layout, found.manifest.digest)) ? found : undefined
  }
  return {
    layout,
    listImages: () => readIndex(layout),
    find,
    canBuild: (reference) => recipes.find(normalizeReference(reference) ?? '') !== undefined,
    standInFor: (reference) => {
      const stored = find(reference)
      return stored === undefined ? recipes.find(normalizeReference(reference) ?? '')?.standsInFor : stored.standsInFor
    },
    buildable: () => recipes.images.flatMap(({ references }) => references),
    buildImage: (name) => withLock(join(layout, 'lock'), () => buildImage(name, recipes, place)),
    loadImage: (tarFile) =>
      withLock(join(layout, 'lock'), async () => {
        const names = await loadArchive(layout, tarFile)
        pruneBlobs(layout)
        return names
      }),
    lookUp: (request, limitMs) => lookUp(access, request, limitMs),
    // Three nodes that want the same image fetch it once; other images need not wait for it.
    pullImage: (request) =>
      withLock(join(layout, 'pulling', request.reference.replaceAll(/[^\w.-]/g, '_')), () =>
        pullImage({ layout, access, find }, request),
      ),
  }
}

interface PullPlace {
  readonly layout: string
  readonly access: RegistryAccess
  readonly find: (reference: string) => StoredImage | undefined
}

async function pullImage({ layout, access, find }: PullPlace, request: RegistryRequest): Promise<StoredImage> {
  const { reference } = request
  const registryDigest = await lookUp(access, request, LOOK_UP_TIMEOUT_MS)
  const stored = find(reference)
  if (stored?.registryDigest === registryDigest) return stored
  return download(access, request, (work) =>
    withLock(join(layout, 'lock'), async () => {
      const image = { reference, manifest: await adoptDownload(layout, work), standsInFor: undefined, registryDigest }
      addToIndex(layout, image)
      pruneBlobs(layout)
      return image
    }),
  )
}

async function buildImage(name: string, recipes: Recipes, place: BuildPlace): Promise<StoredImage> {
  const reference = normalizeReference(name)
  const recipe = reference === undefined ? undefined : recipes.find(reference)
  if (reference === undefined || recipe === undefined) {
    throw new Error(
      `there is no recipe for ${name}; there are recipes for ${recipes.images.flatMap((image) => image.references).join(', ')}`,
    )
  }
  let sources: Promise<DebianSources> | undefined
  const onlyOnce = () => (sources ??= debianSources())
  const layers: Descriptor[] = []
  for (const layer of recipe.layers) {
    layers.push(await buildLayer(recipes.layer(layer), join(recipes.directory, 'shared-finish.sh'), place, onlyOnce))
  }
  const image = {
    reference,
    manifest: writeManifest(place.layout, recipe, reference, layers),
    standsInFor: recipe.standsInFor,
  }
  const stored = readIndex(place.layout).find((other) => other.reference === reference)
  if (stored?.manifest.digest !== image.manifest.digest) {
    addToIndex(place.layout, image)
    pruneBlobs(place.layout)
  }
  return image
}

function writeManifest(
  layout: string,
  recipe: ImageRecipe,
  reference: string,
  layers: readonly Descriptor[],
): Descriptor {
  const config = writeJsonBlob(layout, CONFIG_TYPE, {
    created: '1970-01-01T00:00:00Z',
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...Object.entries(recipe.env ?? {}).map(([name, value]) => `${name}=${value}`),
      ],
      ...(recipe.entrypoint.length > 0 && { Entrypoint: recipe.entrypoint }),
      Cmd: recipe.command,
      ...(recipe.ports && { ExposedPorts: Object.fromEntries(recipe.ports.map((port) => [port, {}])) }),
      // Two versions of one stand-in are two images, as a rolling update expects.
      Labels: { 'org.opencontainers.image.ref.name': reference, 'dev.berth.image.stands-in-for': recipe.standsInFor },
    },
    // An uncompressed layer's digest is its content's digest.
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  })
  return writeJsonBlob(layout, MANIFEST_TYPE, { schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers })
}
