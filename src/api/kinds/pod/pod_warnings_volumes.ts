import type * as k8s from '@kubernetes/client-node'
import type { Volume, Wire } from '../../types.ts'

/** A file that a volume makes, and out of what; the source is empty where it goes without saying. */
interface VirtualPath {
  readonly path: string
  readonly source: string
}

/** Files of one volume that would lie on or in one another. */
export const overlapWarnings = (volumes: readonly Volume[]): string[] =>
  volumes.flatMap((volume) => {
    const { configMap, secret, downwardAPI, projected } = volume
    const told = (what: string, paths: readonly VirtualPath[]) =>
      overlaps(paths).map((pair) => `volume ${JSON.stringify(volume.name)} (${what}): overlapping paths: ${pair}`)
    return [
      ...told(`ConfigMap ${JSON.stringify(configMap?.name ?? '')}`, pathsOf(configMap?.items)),
      ...told(`Secret ${JSON.stringify(secret?.secretName ?? '')}`, pathsOf(secret?.items)),
      ...told('DownwardAPI', pathsOf(downwardAPI?.items)),
      ...(projected?.sources ?? [])
        .filter((source) => Object.keys(source).length === 0)
        .map(() => `volume ${JSON.stringify(volume.name)} (Projected) has no sources provided`),
      ...told('Projected', (projected?.sources ?? []).flatMap(projectedPaths)),
    ]
  })

const pathsOf = (items: readonly { readonly path: string }[] | undefined, source = ''): VirtualPath[] =>
  (items ?? []).map(({ path }) => ({ path, source }))

function projectedPaths(source: Wire<k8s.V1VolumeProjection>): VirtualPath[] {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source
  if (configMap?.items) return pathsOf(configMap.items, `ConfigMap ${JSON.stringify(configMap.name ?? '')}`)
  if (secret?.items) return pathsOf(secret.items, `Secret ${JSON.stringify(secret.name ?? '')}`)
  if (downwardAPI?.items) return pathsOf(downwardAPI.items, 'DownwardAPI')
  return serviceAccountToken ? [{ path: serviceAccountToken.path, source: 'ServiceAccountToken' }] : []
}

function overlaps(paths: readonly VirtualPath[]): string[] {
  const plain = paths.map(({ path, source }) => ({ path: (path ?? '').replace(/\/+$/, ''), source }))
  return plain.flatMap((one, index) =>
    plain
      .slice(0, index)
      .filter((other) => one.path !== '' && other.path !== '' && overlap(one.path, other.path))
      .map((other) => `${printed(one)} with ${printed(other)}`),
  )
}

const overlap = (one: string, other: string): boolean =>
  `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`)

const printed = ({ path, source }: VirtualPath): string =>
  source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`
