import { type FieldError, forbidden, invalid, notFound, required } from '../../field_error.ts'
import type { Container, Volume } from '../../types.ts'
import { oneOf } from '../../validation/checks.ts'

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']
const RECURSIVE_READ_ONLY = ['Disabled', 'Enabled', 'IfPossible']
const NOT_A_DEVICE = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'

type Mount = NonNullable<Container['volumeMounts']>[number]
type Device = NonNullable<Container['volumeDevices']>[number]

/** Where a container sees its volumes. */
export function volumeMountErrors(
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
  field: string,
): FieldError[] {
  const paths = new Set<string>()
  return (container.volumeMounts ?? []).flatMap((mount, index) => {
    const at = `${field}[${index}]`
    const errors = [
      ...(mount.name ? [] : [required(`${at}.name`)]),
      ...(volumes.has(mount.name) ? [] : [notFound(`${at}.name`, mount.name ?? '')]),
      ...(mount.mountPath ? [] : [required(`${at}.mountPath`)]),
      ...(paths.has(mount.mountPath) ? [invalid(`${at}.mountPath`, mount.mountPath, 'must be unique')] : []),
      ...deviceOverlapErrors(mount, container, at),
      ...subPathErrors(mount, field, at),
      ...propagationErrors(mount, container, `${field}.mountPropagation`),
      ...recursiveReadOnlyErrors(mount, `${field}.recursiveReadOnly`),
    ]
    paths.add(mount.mountPath)
    return errors
  })
}

function deviceOverlapErrors(mount: Mount, container: Container, at: string): FieldError[] {
  const devices = container.volumeDevices ?? []
  return [
    ...(devices.some((device) => device.name === mount.name)
      ? [invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices')]
      : []),
    ...(devices.some((device) => device.devicePath === mount.mountPath)
      ? [invalid(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices')]
      : []),
  ]
}

/** Upstream reports paths at the list, not at the mount. */
function subPathErrors(mount: Mount, field: string, at: string): FieldError[] {
  const { subPath, subPathExpr } = mount
  const both = 'subPathExpr and subPath are mutually exclusive'
  return [
    ...(subPath ? descendingPathErrors(subPath, `${field}.subPath`) : []),
    ...(subPath && subPathExpr ? [invalid(`${at}.subPathExpr`, subPathExpr, both)] : []),
    ...(subPathExpr ? descendingPathErrors(subPathExpr, `${field}.subPathExpr`) : []),
  ]
}

function propagationErrors({ mountPropagation }: Mount, container: Container, field: string): FieldError[] {
  const privileged = container.securityContext?.privileged === true
  const detail = 'Bidirectional mount propagation is available only to privileged containers'
  return [
    ...oneOf(mountPropagation, PROPAGATIONS, field),
    ...(mountPropagation === 'Bidirectional' && !privileged ? [forbidden(field, detail)] : []),
  ]
}

function recursiveReadOnlyErrors(mount: Mount, field: string): FieldError[] {
  const { recursiveReadOnly: wish, readOnly, mountPropagation = 'None' } = mount
  if (wish === undefined || wish === 'Disabled') return []
  if (!RECURSIVE_READ_ONLY.includes(wish)) return oneOf(wish, RECURSIVE_READ_ONLY, field)
  return [
    ...(readOnly ? [] : [forbidden(field, 'may only be specified when readOnly is true')]),
    ...(mountPropagation === 'None'
      ? []
      : [forbidden(field, 'may only be specified when mountPropagation is None or not specified')]),
  ]
}

/** A path that stays below where it starts. */
export const descendingPathErrors = (path: string, field: string): FieldError[] => [
  ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
  ...backstepErrors(path, field),
]

export const backstepErrors = (path: string, field: string): FieldError[] =>
  path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []

/** Block devices of a container. */
export function volumeDeviceErrors(
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
  field: string,
): FieldError[] {
  const paths = new Set<string>()
  const names = new Set<string>()
  return (container.volumeDevices ?? []).flatMap((device, index) => {
    const at = `${field}[${index}]`
    const errors = [
      ...(device.name ? [] : [required(`${at}.name`)]),
      ...(names.has(device.name) ? [invalid(`${at}.name`, device.name, 'must be unique')] : []),
      ...deviceVolumeErrors(device.name ?? '', volumes, `${at}.name`),
      ...(device.devicePath ? [] : [required(`${at}.devicePath`)]),
      ...(paths.has(device.devicePath) ? [invalid(`${at}.devicePath`, device.devicePath, 'must be unique')] : []),
      ...(device.devicePath?.split('/').includes('..')
        ? [invalid(`${at}.devicePath`, device.devicePath, "can not contain backsteps ('..')")]
        : []),
      ...mountOverlapErrors(device, container, at),
    ]
    if (device.name) names.add(device.name)
    if (!device.devicePath?.split('/').includes('..')) paths.add(device.devicePath)
    return errors
  })
}

function deviceVolumeErrors(name: string, volumes: ReadonlyMap<string, Volume>, field: string): FieldError[] {
  const volume = volumes.get(name)
  if (volume === undefined) return [notFound(field, name)]
  return volume.persistentVolumeClaim || volume.ephemeral ? [] : [invalid(field, name, NOT_A_DEVICE)]
}

function mountOverlapErrors(device: Device, container: Container, at: string): FieldError[] {
  const mounts = container.volumeMounts ?? []
  return [
    ...(mounts.some((mount) => mount.name === device.name)
      ? [invalid(`${at}.name`, device.name, 'must not already exist in volumeMounts')]
      : []),
    ...(mounts.some((mount) => mount.mountPath === device.devicePath)
      ? [invalid(`${at}.devicePath`, device.devicePath, 'must not already exist as a path in volumeMounts')]
      : []),
  ]
}
