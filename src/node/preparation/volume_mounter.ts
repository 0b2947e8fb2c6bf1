import type { PersistentVolume, Pod, Volume } from '../../api/types.ts'
import { messageOf } from '../../base/log.ts'
import type { HostPort } from '../host_port.ts'
import { VolumeError } from '../pod_worker/ports.ts'
import { numberOfQuantity } from '../quantity_number.ts'
import { writeAtomically } from '../volumes/atomic_writer.ts'
import { isProjected, type ProjectionContext, projectedFiles } from '../volumes/projected_files.ts'
import { setVersion } from '../volumes/set_version.ts'
import type { VolumeSources } from '../volumes/sources.ts'
import { type NodePaths, volumeDirectory } from './paths.ts'

export interface VolumeMounterDeps {
  readonly host: HostPort
  readonly paths: NodePaths
  readonly sources: VolumeSources
  readonly hostIps: readonly string[]
  readonly allocatable: Readonly<Record<string, string>>
}

const GROUP_READ = 0o040

/** Makes one volume ready on the node. @throws VolumeError */
export async function mountVolume(deps: VolumeMounterDeps, pod: Pod, volume: Volume): Promise<void> {
  try {
    if (isProjected(volume)) await writeProjected(deps, pod, volume)
    else if (volume.emptyDir !== undefined) await makeEmptyDir(deps, pod, volume)
    else if (volume.hostPath !== undefined) await checkHostPath(deps.host, volume.hostPath)
    else if (volume.persistentVolumeClaim !== undefined) await prepareClaim(deps, pod, volume)
    else throw new Error('this kind of volume is not supported by this node')
  } catch (error) {
    throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${messageOf(error)}`)
  }
}

/** Where a mounted volume's content lies. */
export function volumePath(deps: VolumeMounterDeps, pod: Pod, volume: Volume): string {
  if (volume.hostPath !== undefined) return volume.hostPath.path
  if (volume.persistentVolumeClaim !== undefined) return pathOfVolume(claimedVolume(deps.sources, pod, volume))
  return volumeDirectory(deps.paths, pod.metadata.uid, volume.name)
}

/** Brings the files of a configMap, secret, downwardAPI or projected volume up to date. */
export async function writeProjected(deps: VolumeMounterDeps, pod: Pod, volume: Volume): Promise<void> {
  const directory = volumeDirectory(deps.paths, pod.metadata.uid, volume.name)
  const gid = pod.spec.securityContext?.fsGroup
  const owner = gid === undefined ? {} : { gid }
  const context: ProjectionContext = { ...deps, pod, podIps: (pod.status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []) }
  const plain = await projectedFiles(context, volume)
  const files = gid === undefined ? plain : plain.map((file) => ({ ...file, mode: file.mode | GROUP_READ }))
  await deps.host.files.makeDirectory(directory, { mode: 0o755, ...owner })
  await writeAtomically(deps.host.files, directory, { version: setVersion(files), files, owner })
}

async function makeEmptyDir({ host, paths }: VolumeMounterDeps, pod: Pod, volume: Volume): Promise<void> {
  const directory = volumeDirectory(paths, pod.metadata.uid, volume.name)
  await host.files.makeDirectory(directory, { mode: 0o777 })
  if (volume.emptyDir?.medium === 'Memory') {
    const { sizeLimit } = volume.emptyDir
    await host.mounts.mountTmpfs(directory, {
      mode: 0o777,
      ...(sizeLimit === undefined ? {} : { sizeBytes: numberOfQuantity(sizeLimit) }),
    })
  }
  await giveToGroup(host, pod, directory)
}

async function giveToGroup(host: HostPort, pod: Pod, directory: string): Promise<void> {
  const { fsGroup, fsGroupChangePolicy } = pod.spec.securityContext ?? {}
  if (fsGroup === undefined) return
  await host.files.setGroup(directory, {
    gid: fsGroup,
    readonly: false,
    onRootMismatch: fsGroupChangePolicy === 'OnRootMismatch',
  })
}

type HostPath = NonNullable<Volume['hostPath']>

const WANTED_KINDS: Readonly<Record<string, string>> = {
  Directory: 'directory',
  DirectoryOrCreate: 'directory',
  File: 'file',
  FileOrCreate: 'file',
  Socket: 'socket',
  CharDevice: 'charDevice',
  BlockDevice: 'blockDevice',
}

async function checkHostPath(host: HostPort, { path, type }: HostPath): Promise<void> {
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw new Error(`the path ${JSON.stringify(path)} is not allowed`)
  if (!type) return
  const kind = await host.files.kindOf(path)
  if (kind === undefined && type === 'DirectoryOrCreate') return host.files.makeDirectory(path, { mode: 0o755 })
  if (kind === undefined && type === 'FileOrCreate') return host.files.touchFile(path, { mode: 0o644 })
  if (kind !== WANTED_KINDS[type])
    throw new Error(`hostPath type check failed: ${path} is not a ${WANTED_KINDS[type] ?? type}`)
}

async function prepareClaim(deps: VolumeMounterDeps, pod: Pod, volume: Volume): Promise<void> {
  const found = claimedVolume(deps.sources, pod, volume)
  const path = pathOfVolume(found)
  const kind = await deps.host.files.kindOf(path)
  if (kind === undefined && found.spec.hostPath !== undefined && isMadeOnDemand(found.spec.hostPath))
    await deps.host.files.makeDirectory(path, { mode: 0o777 })
  else if (kind !== 'directory')
    throw new Error(`the volume "${found.metadata.name}" has no directory ${path} on this node`)
  if (isProvisioned(found) || found.spec.local !== undefined) await giveToGroup(deps.host, pod, path)
}

/** Without a type nothing is checked, and a runtime makes what it is to mount. */
const isMadeOnDemand = ({ type }: HostPath): boolean => !type || type === 'DirectoryOrCreate'

/** Directories of the user's own are not changed; those that were made for the claim are. */
const isProvisioned = (volume: PersistentVolume): boolean =>
  volume.metadata.annotations?.['pv.kubernetes.io/provisioned-by'] !== undefined

function claimedVolume(sources: VolumeSources, pod: Pod, volume: Volume): PersistentVolume {
  const { namespace = '' } = pod.metadata
  const name = volume.persistentVolumeClaim?.claimName ?? ''
  const claim = sources.claim(namespace, name)
  if (claim === undefined) throw new Error(`persistentvolumeclaim "${name}" not found`)
  const volumeName = claim.spec.volumeName
  if (!volumeName || claim.status?.phase !== 'Bound') throw new Error(`persistentvolumeclaim "${name}" is not bound`)
  const found = sources.volume(volumeName)
  if (found === undefined) throw new Error(`persistentvolume "${volumeName}" not found`)
  if (found.spec.claimRef?.uid !== claim.metadata.uid)
    throw new Error(`persistentvolume "${volumeName}" belongs to another claim`)
  return found
}

function pathOfVolume(volume: PersistentVolume): string {
  const path = volume.spec.hostPath?.path ?? volume.spec.local?.path
  if (path === undefined) throw new Error(`the volume "${volume.metadata.name}" is neither local nor hostPath`)
  return path
}
