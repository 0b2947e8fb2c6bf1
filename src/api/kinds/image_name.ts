/** A path component of a repository is written in lower case. */
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/

/**
 * Whether an image's name means its newest version: no tag and no digest, or the tag `latest`. A text
 * that is no image's name at all means nothing, and so not the newest version either.
 */
export function imageIsLatest(image: string): boolean {
  if (image.includes('@')) return false
  const slash = image.lastIndexOf('/')
  const [name = '', tag, ...rest] = image.slice(slash + 1).split(':')
  const folders = slash < 0 ? [] : image.slice(0, slash).split('/')
  const path = isDomain(folders[0]) ? folders.slice(1) : folders
  if (rest.length > 0 || ![...path, name].every((component) => COMPONENT.test(component))) return false
  return tag === undefined || tag === 'latest'
}

/** The first component is a machine's name when it could not be a folder's. */
const isDomain = (component: string | undefined): boolean =>
  component !== undefined && (/[.:A-Z]/.test(component) || component === 'localhost')
