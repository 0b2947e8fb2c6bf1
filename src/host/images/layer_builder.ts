import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { mustRun } from '../processes.ts'
import { adoptBlob, blobPath, type Descriptor, LAYER_TYPE } from './blobs.ts'
import type { DebianSources } from './debian.ts'
import { BUILD_TIMEOUT_MS } from './limits.ts'
import { forgetOlderLayers } from './prune.ts'
import { type LayerRecipe, recipeFiles } from './recipes.ts'

export interface BuildPlace {
  readonly layout: string
  /** Put before commands that download, so that they run in the machine's own network. */
  readonly enterHost: readonly string[]
  readonly onProgress: (message: string) => void
}

/**
 * Builds a layer, or answers the one that was built from the same recipe before: then it costs no
 * time and no network.
 */
export async function buildLayer(
  recipe: LayerRecipe,
  sharedFinish: string,
  place: BuildPlace,
  sources: () => Promise<DebianSources>,
): Promise<Descriptor> {
  const known = join(place.layout, 'layers', `${recipe.name}-${keyOf(recipe, sharedFinish)}.json`)
  const stored = readDescriptor(known)
  if (stored !== undefined && existsSync(blobPath(place.layout, stored.digest))) return stored
  if (process.getuid?.() !== 0) throw new Error(`the layer ${recipe.name} is not built yet, and building it needs root`)
  mkdirSync(join(place.layout, 'work'), { recursive: true })
  const work = mkdtempSync(join(place.layout, 'work', `${recipe.name}-`))
  try {
    const root = join(work, 'root')
    await unpackPackages(recipe, root, place, sources)
    await finish(recipe, sharedFinish, root)
    const tar = join(work, 'layer.tar')
    await mustRun(['tar', ...REPRODUCIBLE, '-C', root, '-cf', tar, '.'], { timeoutMs: BUILD_TIMEOUT_MS })
    const descriptor = await adoptBlob(place.layout, tar, LAYER_TYPE)
    mkdirSync(join(place.layout, 'layers'), { recursive: true })
    writeFileSync(known, JSON.stringify(descriptor))
    forgetOlderLayers(place.layout, recipe.name, basename(known))
    return descriptor
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const REPRODUCIBLE = ['--format=gnu', '--sort=name', '--mtime=@0', '--numeric-owner']

async function unpackPackages(
  recipe: LayerRecipe,
  root: string,
  place: BuildPlace,
  sources: () => Promise<DebianSources>,
): Promise<void> {
  if (recipe.packages.length === 0) return void mkdirSync(root, { mode: 0o755 })
  place.onProgress(`layer ${recipe.name}: unpacking Debian packages`)
  const debian = await sources()
  const command = [
    ...place.enterHost,
    'mmdebstrap',
    '--variant=extract',
    '--mode=root',
    `--architectures=${debian.architecture}`,
    '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
    `--include=${recipe.packages.join(',')}`,
    ...debian.options.map((option) => `--aptopt=${option}`),
    debian.codename,
    root,
    '-',
  ]
  await mustRun(command, { input: `${debian.lines.join('\n')}\n`, timeoutMs: BUILD_TIMEOUT_MS })
}

/** Lays the recipe's own files over the packages' and runs its script inside the tree. */
async function finish(recipe: LayerRecipe, sharedFinish: string, root: string): Promise<void> {
  const files = join(recipe.directory, 'files')
  const script = join(recipe.directory, 'finish.sh')
  if (existsSync(script)) {
    await mustRun(['sh', '-eu', script], {
      cwd: root,
      env: { SHARED_FINISH: sharedFinish },
      timeoutMs: BUILD_TIMEOUT_MS,
    })
  }
  if (existsSync(files))
    await mustRun(['cp', '-r', '--preserve=mode', '--remove-destination', '--no-target-directory', files, root])
  await mustRun(['chmod', '755', root])
}

function keyOf(recipe: LayerRecipe, sharedFinish: string): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe.packages))
  hash.update(readFileSync('/etc/os-release')).update(process.arch)
  if (recipe.packages.length > 0) hash.update(readFileSync(sharedFinish))
  for (const file of recipeFiles(recipe)) {
    hash.update(file.slice(recipe.directory.length)).update('\0').update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

function readDescriptor(file: string): Descriptor | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Descriptor) : undefined
}
