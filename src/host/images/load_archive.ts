import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { mustRun } from '../processes.ts'
import {
  adoptBlob,
  blobPath,
  COMPRESSED_LAYER_TYPE,
  CONFIG_TYPE,
  type Descriptor,
  digestOf,
  LAYER_TYPE,
  MANIFEST_TYPE,
  writeJsonBlob,
} from './blobs.ts'
import { addToIndex } from './image_index.ts'
import { IMPORT_TIMEOUT_MS } from './limits.ts'
import { normalizeReference } from './reference.ts'

/** Takes an OCI layout or a Docker archive out of a tar file into the store; answers the images' names. */
export async function loadArchive(layout: string, tarFile: string): Promise<readonly string[]> {
  mkdirSync(join(layout, 'work'), { recursive: true })
  const work = mkdtempSync(join(layout, 'work', 'load-'))
  try {
    await mustRun(['tar', '--no-same-owner', '-C', work, '-xf', tarFile], { timeoutMs: IMPORT_TIMEOUT_MS })
    if (existsSync(join(work, 'index.json'))) return await loadLayout(layout, work)
    if (existsSync(join(work, 'manifest.json'))) return await loadDockerArchive(layout, work)
    throw new Error(`${tarFile} is neither an OCI layout nor a Docker archive: it has no index.json or manifest.json`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

type Index = { readonly manifests: readonly (Descriptor & { readonly platform?: { readonly architecture: string } })[] }

async function loadLayout(layout: string, work: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const entry of (readJson(join(work, 'index.json')) as Index).manifests) {
    const name =
      entry.annotations?.['io.containerd.image.name'] ?? entry.annotations?.['org.opencontainers.image.ref.name']
    const reference = name === undefined ? undefined : normalizeReference(name)
    if (reference === undefined)
      throw new Error('the archive names no image (org.opencontainers.image.ref.name is missing)')
    addToIndex(layout, { reference, manifest: await adoptManifest(layout, work, entry), standsInFor: undefined })
    names.push(reference)
  }
  return names
}

/** Takes in the one image of a layout that a download left. The caller holds the store's lock. */
export async function adoptDownload(layout: string, work: string): Promise<Descriptor> {
  const [entry] = (readJson(join(work, 'index.json')) as Index).manifests
  if (entry === undefined) throw new Error('the download holds no image')
  return adoptManifest(layout, work, entry)
}

async function adoptManifest(layout: string, work: string, entry: Index['manifests'][number]): Promise<Descriptor> {
  const manifest = forThisMachine(work, entry)
  await copyBlob(layout, work, manifest)
  const parts = readJson(blobPath(layout, manifest.digest)) as { config: Descriptor; layers: readonly Descriptor[] }
  for (const part of [parts.config, ...parts.layers]) await copyBlob(layout, work, part)
  return manifest
}

/** Follows an index of several platforms to the manifest for this one. */
function forThisMachine(work: string, entry: Descriptor): Descriptor {
  if (!/index|manifest\.list/.test(entry.mediaType)) return entry
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const { manifests } = readJson(blobPath(work, entry.digest)) as Index
  const fitting = manifests.find(({ platform }) => platform === undefined || platform.architecture === architecture)
  if (fitting === undefined) throw new Error(`the archive has no image for ${architecture}`)
  return fitting
}

async function copyBlob(layout: string, work: string, blob: Descriptor): Promise<void> {
  // Two images of one archive may share it, and it is moved, not copied.
  if (existsSync(blobPath(layout, blob.digest))) return
  const source = blobPath(work, blob.digest)
  const { digest } = await digestOf(source)
  if (digest !== blob.digest) throw new Error(`blob ${blob.digest} of the archive is damaged (it is ${digest})`)
  await adoptBlob(layout, source, blob.mediaType)
}

interface DockerImage {
  readonly Config: string
  readonly RepoTags: readonly string[] | null
  readonly Layers: readonly string[]
}

async function loadDockerArchive(layout: string, work: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const image of readJson(join(work, 'manifest.json')) as readonly DockerImage[]) {
    const layers: Descriptor[] = []
    for (const path of image.Layers) layers.push(await adoptCopy(layout, inside(work, path)))
    const config = await adoptCopy(layout, inside(work, image.Config), CONFIG_TYPE)
    const manifest = writeJsonBlob(layout, MANIFEST_TYPE, {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config,
      layers,
    })
    for (const tag of image.RepoTags ?? []) {
      const reference = normalizeReference(tag)
      if (reference === undefined) throw new Error(`the archive holds an image with the bad name ${tag}`)
      addToIndex(layout, { reference, manifest, standsInFor: undefined })
      names.push(reference)
    }
  }
  if (names.length === 0) throw new Error('the archive names no image (RepoTags is empty)')
  return names
}

/** Docker's archives name a layer twice when two images share it, so the original stays. */
async function adoptCopy(layout: string, file: string, mediaType?: string): Promise<Descriptor> {
  const copy = `${file}.adopted`
  copyFileSync(file, copy)
  return adoptBlob(layout, copy, mediaType ?? (isGzip(file) ? COMPRESSED_LAYER_TYPE : LAYER_TYPE))
}

function isGzip(file: string): boolean {
  const start = Buffer.alloc(2)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, start, 0, 2, 0)
  } finally {
    closeSync(handle)
  }
  return start[0] === 0x1f && start[1] === 0x8b
}

/** A path of the archive's own index must stay inside the archive. */
function inside(work: string, path: string): string {
  const full = join(work, path)
  if (!full.startsWith(`${work}/`) || dirname(full).length < work.length)
    throw new Error(`bad path ${path} in the archive`)
  return full
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
