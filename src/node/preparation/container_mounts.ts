import type { Container, Pod } from '../../api/types.ts'
import { expandVariables } from '../expand.ts'
import { ConfigError } from '../pod_worker/ports.ts'
import type { Mount } from '../runtime.ts'
import { isProjected } from '../volumes/projected_files.ts'
import { hostsFile, subPathTarget, terminationFile } from './paths.ts'
import { type VolumeMounterDeps, volumePath } from './volume_mounter.ts'

const DEFAULT_TERMINATION_PATH = '/dev/termination-log'
const PROPAGATION = { None: 'private', HostToContainer: 'rslave', Bidirectional: 'rshared' } as const

type VolumeMount = NonNullable<Container['volumeMounts']>[number]

export interface MountRequest {
  readonly pod: Pod
  readonly container: Container
  readonly attempt: number
  /** For `subPathExpr`. */
  readonly environment: ReadonlyMap<string, string>
}

/** Everything that is mounted into a container: its volumes, /etc/hosts, the file for its last words. */
export async function containerMounts(deps: VolumeMounterDeps, request: MountRequest): Promise<readonly Mount[]> {
  const { container, pod } = request
  const mounts: Mount[] = []
  for (const [index, mount] of (container.volumeMounts ?? []).entries())
    mounts.push(await volumeMountOf(deps, request, { mount, index }))
  const has = (path: string) => mounts.some((one) => one.containerPath === path)
  if (pod.spec.hostNetwork !== true && !has('/etc/hosts'))
    mounts.push(fileMount(hostsFile(deps.paths, pod.metadata.uid), '/etc/hosts'))
  const termination = container.terminationMessagePath || DEFAULT_TERMINATION_PATH
  if (!has(termination)) mounts.push(await terminationMount(deps, request, termination))
  return mounts
}

const fileMount = (hostPath: string, containerPath: string): Mount => ({
  hostPath,
  containerPath,
  readonly: false,
  propagation: 'private',
})

async function terminationMount(
  deps: VolumeMounterDeps,
  { attempt, container, pod }: MountRequest,
  containerPath: string,
): Promise<Mount> {
  const path = terminationFile(deps.paths, pod.metadata.uid, { name: container.name, attempt })
  await deps.host.files.makeDirectory(path.slice(0, path.lastIndexOf('/')), { mode: 0o755 })
  await deps.host.files.touchFile(path, { mode: 0o666 })
  return fileMount(path, containerPath)
}

async function volumeMountOf(
  deps: VolumeMounterDeps,
  request: MountRequest,
  { index, mount }: { readonly mount: VolumeMount; readonly index: number },
): Promise<Mount> {
  const volume = (request.pod.spec.volumes ?? []).find((one) => one.name === mount.name)
  if (volume === undefined) throw new ConfigError(`volume mount "${mount.name}" has no volume`)
  const isReadonly = mount.readOnly === true || isProjected(volume) || volume.persistentVolumeClaim?.readOnly === true
  const source = volumePath(deps, request.pod, volume)
  return {
    hostPath: await withSubPath(deps, request, { mount, index, source, isProjected: isProjected(volume) }),
    containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
    readonly: isReadonly,
    propagation: PROPAGATION[(mount.mountPropagation ?? 'None') as keyof typeof PROPAGATION] ?? 'private',
  }
}

/** A part of a volume is bound by what was opened, never by its path: a container could have put a symlink there. */
async function withSubPath(
  deps: VolumeMounterDeps,
  { container, environment, pod }: MountRequest,
  place: {
    readonly mount: VolumeMount
    readonly index: number
    readonly source: string
    readonly isProjected: boolean
  },
): Promise<string> {
  const { mount } = place
  const subPath = mount.subPathExpr ? expandVariables(mount.subPathExpr, environment) : (mount.subPath ?? '')
  if (subPath === '') return place.source
  if (subPath.startsWith('/') || subPath.split('/').includes('..') || subPath.includes('$(')) {
    throw new ConfigError(`subPath ${JSON.stringify(subPath)} of volume "${mount.name}" must stay inside the volume`)
  }
  const target = subPathTarget(deps.paths, pod.metadata.uid, { container: container.name, index: place.index })
  const volumeRoot = place.isProjected ? await shownSet(deps, place.source) : place.source
  await deps.host.mounts.bindSubPath({ volumeRoot, subPath, target, createMode: 0o777 })
  return target
}

/** The names in a projected volume are the agent's own symlinks into the set that is shown now: a part is taken from that. */
async function shownSet({ host }: VolumeMounterDeps, directory: string): Promise<string> {
  const shown = await host.files.readLink(`${directory}/..data`)
  return shown === undefined ? directory : `${directory}/${shown}`
}
