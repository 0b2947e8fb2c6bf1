import { type Millis, systemClock } from '../../base/clock.ts'
import type { ImageRequest } from '../cri/cri_images.ts'
import { PAUSE_IMAGE } from '../machine/containerd_config.ts'
import type { StoredImage } from './image_index.ts'
import type { ImageStore } from './image_store.ts'
import { PROBE_TIMEOUT_MS, UNREACHABLE_MS } from './limits.ts'

/**
 * Which images a cluster runs where a recipe could stand in for the original: `stand-ins` never asks a registry for
 * those, `originals` never builds one, `auto` takes the original when its registry answers.
 */
export type ImageChoice = 'auto' | 'originals' | 'stand-ins'

export type Origin = 'store' | 'recipe' | 'registry'

/** Answers where an image is to come from: the machine's store, a recipe, or the registry in its name. */
export function createOriginChoice({ store, images }: { readonly store: ImageStore; readonly images: ImageChoice }) {
  const unreachable = new Map<string, Millis>()
  return async (asked: ImageRequest): Promise<Origin> => {
    const stored = store.find(asked.reference)
    if (stored !== undefined && wasLoaded(stored)) return 'store'
    // Nobody sees the program that holds a pod's namespaces, and every first pod waits for it.
    const isOwn = asked.reference === PAUSE_IMAGE
    const mayBuild = store.canBuild(asked.reference) && (images !== 'originals' || isOwn)
    if (mayBuild && (images === 'stand-ins' || isOwn)) return 'recipe'
    if (stored?.registryDigest !== undefined && asked.policy !== 'Always') return 'store'
    if (!mayBuild) return 'registry'
    return (await answers(store, asked, unreachable)) ? 'registry' : 'recipe'
  }
}

/** Put there by the user: it goes before everything else. */
const wasLoaded = ({ standsInFor, registryDigest }: StoredImage): boolean =>
  standsInFor === undefined && registryDigest === undefined

/** Whether the image's registry gives it; a registry that did not is not asked again for a while. */
async function answers(store: ImageStore, asked: ImageRequest, unreachable: Map<string, Millis>): Promise<boolean> {
  const registry = asked.reference.slice(0, asked.reference.indexOf('/'))
  if ((unreachable.get(registry) ?? 0) > systemClock.now()) return false
  try {
    await store.lookUp(asked, PROBE_TIMEOUT_MS)
    return true
  } catch {
    unreachable.set(registry, systemClock.now() + UNREACHABLE_MS)
    return false
  }
}
