import type { Pod, Volume } from '../../api/types.ts'
import { base64ToBytes } from '../../base/base64.ts'
import { podField, resourceField } from '../downward.ts'
import type { ProjectedFile } from './atomic_writer.ts'
import type { VolumeSources } from './sources.ts'

export interface ProjectionContext {
  readonly pod: Pod
  readonly sources: VolumeSources
  readonly podIps: readonly string[]
  readonly hostIps: readonly string[]
  readonly allocatable: Readonly<Record<string, string>>
}

const DEFAULT_MODE = 0o644
const TOKEN_SECONDS = 3607

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number]
type Items = readonly { readonly key: string; readonly path: string; readonly mode?: number }[] | undefined

/** True for the kinds of volume whose content is files that the API gives. */
export const isProjected = (volume: Volume): boolean =>
  volume.configMap !== undefined ||
  volume.secret !== undefined ||
  volume.projected !== undefined ||
  volume.downwardAPI !== undefined

/**
 * The files of a configMap, secret, downwardAPI or projected volume.
 * @throws Error when something that is not optional is missing
 */
export async function projectedFiles(context: ProjectionContext, volume: Volume): Promise<readonly ProjectedFile[]> {
  const mode =
    volume.projected?.defaultMode ??
    volume.configMap?.defaultMode ??
    volume.secret?.defaultMode ??
    volume.downwardAPI?.defaultMode ??
    DEFAULT_MODE
  const { configMap, downwardAPI, projected, secret } = volume
  const sources: readonly Projection[] = projected?.sources ?? [
    {
      ...(configMap === undefined ? {} : { configMap }),
      ...(secret === undefined
        ? {}
        : { secret: { ...secret, ...(secret.secretName === undefined ? {} : { name: secret.secretName }) } }),
      ...(downwardAPI === undefined ? {} : { downwardAPI }),
    } as Projection,
  ]
  const files = new Map<string, ProjectedFile>()
  for (const source of sources) for (const file of await filesOf(context, source, mode)) files.set(file.path, file)
  return [...files.values()]
}

async function filesOf(
  context: ProjectionContext,
  source: Projection,
  mode: number,
): Promise<readonly ProjectedFile[]> {
  return [
    ...configMapFiles(context, source, mode),
    ...secretFiles(context, source, mode),
    ...downwardFiles(context, source, mode),
    ...(await tokenFiles(context, source, mode)),
  ]
}

function configMapFiles(
  { pod, sources }: ProjectionContext,
  { configMap }: Projection,
  mode: number,
): readonly ProjectedFile[] {
  if (configMap === undefined) return []
  const { namespace = '' } = pod.metadata
  const found = sources.configMap(namespace, configMap.name ?? '')
  if (found === undefined) return missing(`configmap "${configMap.name}" not found`, configMap.optional)
  const content = new Map<string, Uint8Array>()
  for (const [key, text] of Object.entries(found.data ?? {})) content.set(key, new TextEncoder().encode(text))
  for (const [key, text] of Object.entries(found.binaryData ?? {})) content.set(key, base64ToBytes(text))
  return selected(content, configMap.items, {
    mode,
    optional: configMap.optional,
    what: `configmap references non-existent config key`,
  })
}

function secretFiles(
  { pod, sources }: ProjectionContext,
  { secret }: Projection,
  mode: number,
): readonly ProjectedFile[] {
  if (secret === undefined) return []
  const found = sources.secret(pod.metadata.namespace ?? '', secret.name ?? '')
  if (found === undefined) return missing(`secret "${secret.name}" not found`, secret.optional)
  const content = new Map(Object.entries(found.data ?? {}).map(([key, text]) => [key, base64ToBytes(text)]))
  return selected(content, secret.items, {
    mode,
    optional: secret.optional,
    what: `references non-existent secret key`,
  })
}

function missing(message: string, optional: boolean | undefined): readonly ProjectedFile[] {
  if (optional === true) return []
  throw new Error(message)
}

/** All keys, or those that `items` names under the paths that it gives. */
function selected(
  content: ReadonlyMap<string, Uint8Array>,
  items: Items,
  rules: { readonly mode: number; readonly optional: boolean | undefined; readonly what: string },
): readonly ProjectedFile[] {
  if (items === undefined || items.length === 0) {
    return [...content].map(([path, bytes]) => ({ path, content: bytes, mode: rules.mode }))
  }
  return items.flatMap(({ key, mode, path }) => {
    const bytes = content.get(key)
    if (bytes === undefined) return missing(`${rules.what}: ${key}`, rules.optional)
    return [{ path, content: bytes, mode: mode ?? rules.mode }]
  })
}

function downwardFiles(
  context: ProjectionContext,
  { downwardAPI }: Projection,
  mode: number,
): readonly ProjectedFile[] {
  return (downwardAPI?.items ?? []).map((item) => {
    const text =
      item.fieldRef !== undefined
        ? podField(context.pod, item.fieldRef.fieldPath, context)
        : resourceField(context.pod, item.resourceFieldRef ?? { resource: '' }, context.allocatable)
    return { path: item.path, content: new TextEncoder().encode(text), mode: item.mode ?? mode }
  })
}

async function tokenFiles(
  context: ProjectionContext,
  { serviceAccountToken }: Projection,
  mode: number,
): Promise<readonly ProjectedFile[]> {
  if (serviceAccountToken === undefined) return []
  const { audience, expirationSeconds = TOKEN_SECONDS, path } = serviceAccountToken
  const token = await context.sources.token(context.pod, audience, expirationSeconds)
  return [{ path, content: new TextEncoder().encode(token), mode }]
}
