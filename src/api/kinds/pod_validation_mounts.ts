import { type FieldError, invalid, notFound, notSupported, required } from '../field_error.ts'
import type { Container } from '../types.ts'

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']

type Mount = NonNullable<Container['volumeMounts']>[number]

/** Where a container sees its volumes. */
export function volumeMountErrors(container: Container, volumes: ReadonlySet<string>, field: string): FieldError[] {
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
      ...propagationErrors(mount, at),
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

function propagationErrors({ mountPropagation }: Mount, at: string): FieldError[] {
  if (mountPropagation === undefined || PROPAGATIONS.includes(mountPropagation)) return []
  return [notSupported(`${at}.mountPropagation`, mountPropagation, PROPAGATIONS)]
}

/** A path that stays below where it starts. */
export const descendingPathErrors = (path: string, field: string): FieldError[] => [
  ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
  ...backstepErrors(path, field),
]

export const backstepErrors = (path: string, field: string): FieldError[] =>
  path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []

/** Block devices of a container. */
export function volumeDeviceErrors(container: Container, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const paths = new Set<string>()
  const names = new Set<string>()
  return (container.volumeDevices ?? []).flatMap((device, index) => {
    const at = `${field}[${index}]`
    const errors = [
      ...(device.name ? [] : [required(`${at}.name`)]),
      ...(names.has(device.name) ? [invalid(`${at}.name`, device.name, 'must be unique')] : []),
      ...(volumes.has(device.name) ? [] : [notFound(`${at}.name`, device.name)]),
      ...(device.devicePath ? [] : [required(`${at}.devicePath`)]),
      ...(paths.has(device.devicePath) ? [invalid(`${at}.devicePath`, device.devicePath, 'must be unique')] : []),
      ...(device.devicePath ? backstepErrors(device.devicePath, `${at}.devicePath`) : []),
    ]
    names.add(device.name)
    paths.add(device.devicePath)
    return errors
  })
}
