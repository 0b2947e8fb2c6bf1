import type { Container } from '../../api/types.ts'

/** Kept on each container, so that a change of its definition is seen after a restart of the agent as well. */
export const SPEC_HASH_ANNOTATION = 'berth.dev/container-hash'
export const GRACE_ANNOTATION = 'berth.dev/grace-seconds'

const hashes = new WeakMap<Container, string>()

/** Changes when a running container no longer is what its pod asks for. Only the image and the name can change in a pod. */
export function specHash(container: Container): string {
  const known = hashes.get(container)
  if (known !== undefined) return known
  const hash = `${container.name} ${container.image ?? ''}`
  hashes.set(container, hash)
  return hash
}
