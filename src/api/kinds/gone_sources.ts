/** Sources of volumes that nothing serves any more: their field, how messages call it, and since when. */
type GoneSource = readonly [field: string, name: string, message: string]

const sources: Readonly<Record<string, GoneSource>> = {
  photon: ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  gitRepo: ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  scaleIO: ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  flocker: ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  storageos: ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  quobyte: ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  glusterfs: ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  cephfs: ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  rbd: ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
}

/** What is to be said of the named sources that are there, in the order of the names. */
export function goneSourceWarnings(holder: object, names: readonly string[], at: string): string[] {
  const fields = new Map<string, unknown>(Object.entries(holder))
  return names.flatMap((key) => {
    const source = sources[key]
    if (source === undefined || fields.get(source[0]) === undefined) return []
    return [`${at}.${source[1]}: ${source[2]}`]
  })
}
