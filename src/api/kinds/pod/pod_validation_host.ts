import { type FieldError, forbidden, invalid, notFound, tooLong } from '../../field_error.ts'
import type { PodSpec } from '../../types.ts'
import { formed } from '../../validation/checks.ts'
import { dnsSubdomain } from '../../validation/names.ts'
import { eachContainer } from './pod_containers.ts'

const HOSTNAME_BYTES_MAX = 64

/** On the host's network a port is the host's; in a template it may be left open. */
export function hostPortErrors(spec: PodSpec, field: string, isPod: boolean): FieldError[] {
  if (!spec.hostNetwork) return []
  const detail = 'must match `containerPort` when `hostNetwork` is true'
  return (spec.containers ?? []).flatMap((container, index) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, portIndex) =>
      hostPort === containerPort || (hostPort === 0 && !isPod)
        ? []
        : [invalid(`${field}[${index}].ports[${portIndex}].hostPort`, hostPort, detail)],
    ),
  )
}

/** A pod with users of its own shares neither network nor processes with the host. */
export function hostUserErrors(spec: PodSpec, at: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  const not = (field: string) => forbidden(field, 'when `hostUsers` is false')
  return [
    ...(spec.hostNetwork ? [not(`${at}.hostNetwork`)] : []),
    ...(spec.hostPID ? [not(`${at}.HostPID`)] : []),
    ...(spec.hostIPC ? [not(`${at}.HostIPC`)] : []),
    ...eachContainer(spec, at).flatMap(({ container, field }) =>
      (container.volumeDevices ?? []).length > 0 ? [not(`${field}.volumeDevices`)] : [],
    ),
  ]
}

/** The name that a pod shows itself under, whatever its own is. */
export function hostnameOverrideErrors(spec: PodSpec, field: string): FieldError[] {
  const { hostnameOverride: name } = spec
  if (name === undefined) return []
  return [
    ...(spec.setHostnameAsFQDN ? [forbidden(field, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(spec.hostNetwork ? [forbidden(field, 'may not be specified when hostNetwork is true')] : []),
    ...(name.length > HOSTNAME_BYTES_MAX ? [tooLong(field, HOSTNAME_BYTES_MAX)] : []),
    ...formed(name, dnsSubdomain, field),
  ]
}

/** A file with variables lies in a volume that the pod itself fills. */
export function fileKeyVolumeErrors(spec: PodSpec, at: string): FieldError[] {
  return eachContainer(spec, at).flatMap(({ container, field }) =>
    (container.env ?? []).flatMap(({ valueFrom }, index) => {
      const name = valueFrom?.fileKeyRef?.volumeName
      if (valueFrom?.fileKeyRef === undefined) return []
      const where = `${field}.env[${index}].valueFrom.fileKeyRef.volumeName`
      const volume = (spec.volumes ?? []).findLast((one) => one.name === name)
      if (volume === undefined) return [notFound(where, name ?? '')]
      return volume.emptyDir ? [] : [invalid(where, name, 'referenced volume must be of type emptyDir')]
    }),
  )
}
