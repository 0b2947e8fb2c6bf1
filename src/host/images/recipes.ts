import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { normalizeReference } from './reference.ts'

/** An image that can be built on this machine; see `images/README.md`. */
export interface ImageRecipe {
  readonly references: readonly string[]
  readonly layers: readonly string[]
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  /** Besides `PATH`: what images of the same layers differ by. */
  readonly env?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly standsInFor: string
}

export interface LayerRecipe {
  readonly name: string
  /** The layer's folder: `files/` and `finish.sh`, each optional. */
  readonly directory: string
  readonly packages: readonly string[]
}

export interface Recipes {
  readonly directory: string
  readonly images: readonly ImageRecipe[]
  layer(name: string): LayerRecipe
  /** The recipe that serves this (normalised) reference. */
  find(reference: string): ImageRecipe | undefined
}

interface RecipeFile {
  readonly layers: Readonly<Record<string, { readonly packages: readonly string[] }>>
  readonly images: readonly ImageRecipe[]
}

/** Reads `images/recipes.json`, which lies beside the sources and beside a bundle alike. */
export function loadRecipes(directory = findImagesDirectory()): Recipes {
  const file = JSON.parse(readFileSync(join(directory, 'recipes.json'), 'utf8')) as RecipeFile
  const byReference = new Map<string, ImageRecipe>()
  for (const image of file.images) {
    for (const reference of image.references) byReference.set(normalizeReference(reference) ?? reference, image)
  }
  return {
    directory,
    images: file.images,
    layer: (name) => {
      const layer = file.layers[name]
      if (layer === undefined) throw new Error(`images/recipes.json has no layer ${name}`)
      return { name, directory: join(directory, name), packages: layer.packages }
    },
    find: (reference) => byReference.get(reference),
  }
}

function findImagesDirectory(): string {
  for (let directory = import.meta.dirname; directory !== dirname(directory); directory = dirname(directory)) {
    if (existsSync(join(directory, 'images', 'recipes.json'))) return join(directory, 'images')
  }
  throw new Error('the folder images/ with recipes.json is missing from this installation')
}

/** All files of a layer's recipe, in a fixed order: what the built layer depends on. */
export function recipeFiles(layer: LayerRecipe): readonly string[] {
  if (!existsSync(layer.directory)) return []
  return readdirSync(layer.directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
