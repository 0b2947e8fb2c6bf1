/**
 * An image's full name, as registries and containerd know it: `busybox` is
 * `docker.io/library/busybox:latest`. Undefined when it is no image name at all.
 */
export function normalizeReference(reference: string): string | undefined {
  const match = REFERENCE.exec(reference)
  if (match === null || reference.length > REFERENCE_LENGTH_MAX) return undefined
  const [, name = '', tag, digest] = match
  const slash = name.indexOf('/')
  const first = slash === -1 ? '' : name.slice(0, slash)
  const named = isRegistry(first) ? name : `docker.io/${slash === -1 ? `library/${name}` : name}`
  // Upper case is fine in a registry's name only.
  if (/[A-Z]/.test(named.slice(named.indexOf('/')))) return undefined
  const suffix = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
  return `${named.replace(/^index\.docker\.io\//, 'docker.io/')}${suffix || ':latest'}`
}

const REFERENCE =
  /^((?:[A-Za-z0-9.-]+(?::[0-9]+)?\/)?[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*)*)(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z0-9]+:[0-9a-fA-F]{32,}))?$/
const REFERENCE_LENGTH_MAX = 512

/** The first part names a registry when it could not be a user's name: a dot, a port, or `localhost`. */
function isRegistry(first: string): boolean {
  return first === 'localhost' || first.includes('.') || first.includes(':')
}
