import type { Score } from '../framework.ts'

/** Below the first size an image counts nothing, from the second on fully: upstream's bounds, for each container. */
const SMALL_IMAGE_BYTES = 23 * 1024 * 1024
const LARGE_IMAGE_BYTES = 1000 * 1024 * 1024

/** Prefers nodes that have the pod's images already, the large ones above all. */
export const imageLocality: Score = {
  name: 'ImageLocality',
  weight: 1,
  scale: 'none',
  points: ({ pod }, { node }) => {
    const sizes = new Map(
      (node.status?.images ?? []).flatMap(({ names, sizeBytes }) =>
        (names ?? []).map((name) => [name, sizeBytes ?? 0]),
      ),
    )
    const { containers } = pod.spec
    const bytes = containers.reduce(
      (sum, { image = '' }) => sum + (sizes.get(image) ?? sizes.get(`${image}:latest`) ?? 0),
      0,
    )
    const largest = LARGE_IMAGE_BYTES * containers.length
    const bounded = Math.min(Math.max(bytes, SMALL_IMAGE_BYTES), largest)
    return ((bounded - SMALL_IMAGE_BYTES) / (largest - SMALL_IMAGE_BYTES)) * 100
  },
}
