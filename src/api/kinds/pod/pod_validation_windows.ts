import type * as k8s from '@kubernetes/client-node'
import { type FieldError, forbidden, invalid } from '../../field_error.ts'
import type { Container, PodSpec, Wire } from '../../types.ts'
import { dnsSubdomain } from '../../validation/names.ts'
import { eachContainer } from './pod_containers.ts'

const SPEC_KIB_MAX = 64
const DOMAIN_CHARACTERS_MAX = 256
const USER_CHARACTERS_MAX = 104
const CONTROL = /[\u0000-\u001f\u007f]+/
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const DOMAIN = /^[a-zA-Z0-9][-a-zA-Z0-9.]*[a-zA-Z0-9]$/
const USER_CHARACTERS = /["/\\:;|=,+*?<>@[\]]/

type Options = Wire<k8s.V1WindowsSecurityContextOptions>

/** Whom the processes of a Windows container run as. */
export function windowsOptionErrors(options: Options | undefined, at: string): FieldError[] {
  if (options === undefined) return []
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options
  return [
    ...(name === undefined
      ? []
      : dnsSubdomain(name).map((fault) => invalid(`${at}.gmsaCredentialSpecName`, name, fault))),
    ...(spec === undefined ? [] : credentialSpecErrors(spec, `${at}.gmsaCredentialSpec`)),
    ...(user === undefined ? [] : userFaults(user).map((fault) => invalid(`${at}.runAsUserName`, user, fault))),
  ]
}

function credentialSpecErrors(spec: string, field: string): FieldError[] {
  if (spec === '') return [invalid(field, spec, 'gmsaCredentialSpec cannot be an empty string')]
  if (spec.length <= SPEC_KIB_MAX * 1024) return []
  return [invalid(field, spec, `gmsaCredentialSpec size must be under ${SPEC_KIB_MAX} KiB`)]
}

/** `DOMAIN\user` or `user`. */
function userFaults(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (CONTROL.test(name)) return ['runAsUserName cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const user = parts.at(-1) ?? ''
  return [...(parts.length === 2 ? domainFaults(parts[0] ?? '') : []), ...userPartFaults(user)]
}

const domainFaults = (domain: string): string[] => [
  ...(domain.length >= DOMAIN_CHARACTERS_MAX
    ? [`runAsUserName's Domain length must be under ${DOMAIN_CHARACTERS_MAX} characters`]
    : []),
  ...(NET_BIOS.test(domain) || DOMAIN.test(domain)
    ? []
    : ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]),
]

const userPartFaults = (user: string): string[] => [
  ...(user === '' ? ["runAsUserName's User cannot be empty"] : []),
  ...(user.length > USER_CHARACTERS_MAX
    ? [`runAsUserName's User length must not be longer than ${USER_CHARACTERS_MAX} characters`]
    : []),
  ...(/^[. ]+$/.test(user) ? ["runAsUserName's User cannot contain only periods or spaces"] : []),
  ...(USER_CHARACTERS.test(user)
    ? ['runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]']
    : []),
]

/** Containers that are processes of the host: all of a pod's or none, and then on the host's network. */
export function hostProcessErrors(spec: PodSpec, at: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  const containers = eachContainer(spec, at)
  const own = (container: Container) => container.securityContext?.windowsOptions?.hostProcess
  const count = containers.filter(({ container }) => own(container) ?? ofPod).length
  const disagreeing = containers.flatMap(({ container, field }) => {
    const value = own(container)
    if (ofPod === undefined || value === undefined || ofPod === value) return []
    const detail = `pod hostProcess value must be identical if both are specified, was ${ofPod}`
    return [invalid(`${field}.securityContext.windowsOptions.hostProcess`, value, detail)]
  })
  if (count === 0) return disagreeing
  const all = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
  const network = 'hostNetwork must be true if pod contains any hostProcess containers'
  return [
    ...disagreeing,
    ...(count === containers.length ? [] : [invalid(at, '', all)]),
    ...(spec.hostNetwork ? [] : [invalid(`${at}.hostNetwork`, false, network)]),
  ]
}

const NOT_FOR_WINDOWS = 'cannot be set for a windows pod'
const POD_CONTEXT_OF_LINUX = [
  'appArmorProfile',
  'seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const
const CONTAINER_CONTEXT_OF_LINUX = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

/** These stand in the spec itself; upstream looks at them with the context of security. */
const OF_THE_SPEC: ReadonlySet<string> = new Set(['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'])
/** Where `false` is as good as nothing. */
const FLAGS: ReadonlySet<string> = new Set(['hostPID', 'hostIPC'])

/** What only Linux understands is refused in a pod for Windows. */
export function windowsPodErrors(spec: PodSpec, at: string): FieldError[] {
  const given: Readonly<Record<string, unknown>> = { ...spec.securityContext, ...flagsOf(spec) }
  const ofPod = POD_CONTEXT_OF_LINUX.filter((field) => isGiven(given[field], field)).map((field) =>
    forbidden(OF_THE_SPEC.has(field) ? `${at}.${field}` : `${at}.securityContext.${field}`, NOT_FOR_WINDOWS),
  )
  const ofContainers = eachContainer(spec, at).flatMap(({ container, field }) =>
    CONTAINER_CONTEXT_OF_LINUX.filter((one) => container.securityContext?.[one] !== undefined).map((one) =>
      forbidden(`${field}.securityContext.${one}`, NOT_FOR_WINDOWS),
    ),
  )
  return [...ofPod, ...ofContainers]
}

const flagsOf = ({ hostUsers, hostPID, hostIPC, shareProcessNamespace }: PodSpec) => ({
  hostUsers,
  hostPID,
  hostIPC,
  shareProcessNamespace,
})

const isGiven = (value: unknown, field: string): boolean =>
  Array.isArray(value) ? value.length > 0 : FLAGS.has(field) ? value === true : value !== undefined

/** And the other way round. */
export function linuxPodErrors(spec: PodSpec, at: string): FieldError[] {
  const detail = 'windows options cannot be set for a linux pod'
  const options = (field: string) => forbidden(`${field}.securityContext.windowsOptions`, detail)
  return [
    ...(spec.securityContext?.windowsOptions === undefined ? [] : [options(at)]),
    ...eachContainer(spec, at)
      .filter(({ container }) => container.securityContext?.windowsOptions !== undefined)
      .map(({ field }) => options(field)),
  ]
}
