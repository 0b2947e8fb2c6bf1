/** Whether an image's name means its newest version: no tag and no digest, or the tag `latest`. */
export function imageIsLatest(image: string): boolean {
  if (image.includes('@')) return false
  const last = image.slice(image.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  return colon < 0 || last.slice(colon + 1) === 'latest'
}
