import { type FieldError, forbidden, invalid, required } from '../../field_error.ts'
import type { Pod, PodSpec } from '../../types.ts'
import { ipErrors } from '../../validation/addresses.ts'
import { formed, formedIfSet, oneOf, requiredOneOf } from '../../validation/checks.ts'
import { labelErrors } from '../../validation/labels.ts'
import { dnsLabel, dnsSubdomain, qualifiedName } from '../../validation/names.ts'
import { INT32_MAX, inRange } from '../../validation/numbers.ts'
import { profileMatchErrors } from './pod_profile_annotations.ts'
import { affinityErrors } from './pod_validation_affinity.ts'
import { podAnnotationErrors } from './pod_validation_annotations.ts'
import { containersErrors, imagePaddingErrors, initContainersErrors } from './pod_validation_containers.ts'
import { dnsConfigErrors } from './pod_validation_dns.ts'
import { ephemeralContainersErrors } from './pod_validation_ephemeral_containers.ts'
import { fileKeyVolumeErrors, hostnameOverrideErrors, hostPortErrors, hostUserErrors } from './pod_validation_host.ts'
import { podResourceErrors, resourceClaimErrors } from './pod_validation_pod_resources.ts'
import { resourceErrors } from './pod_validation_resources.ts'
import { schedulingGateErrors, spreadConstraintErrors, tolerationErrors } from './pod_validation_scheduling.ts'
import { podSecurityErrors } from './pod_validation_security.ts'
import { type VolumeContext, volumesErrors } from './pod_validation_volumes.ts'
import { hostProcessErrors, linuxPodErrors, windowsPodErrors } from './pod_validation_windows.ts'

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never']

/** What is wrong with a new pod, in upstream's order of causes. */
export function podErrors(pod: Pod): FieldError[] {
  const { spec } = pod
  const gated = (spec.schedulingGates ?? []).length > 0
  return [
    ...anyPodErrors(pod),
    ...((spec.ephemeralContainers ?? []).length > 0
      ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')]
      : []),
    ...(spec.nodeName && gated
      ? [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
      : []),
    ...profileMatchErrors(pod.metadata.annotations, spec, 'spec'),
  ]
}

/** What is wrong with a pod, be it new or changed. */
export const anyPodErrors = ({ metadata, spec }: Pod): FieldError[] => [
  ...podAnnotationErrors(metadata.annotations, spec, 'metadata.annotations'),
  ...podSpecErrors(spec, 'spec', { podName: metadata.name, isPod: true }),
  ...tokenWithoutAccountErrors(spec),
  ...imagePaddingErrors(spec.containers, 'spec.containers'),
  ...imagePaddingErrors(spec.initContainers, 'spec.initContainers'),
]

/** A token is somebody's. */
const tokenWithoutAccountErrors = (spec: PodSpec): FieldError[] =>
  spec.serviceAccountName
    ? []
    : (spec.volumes ?? []).flatMap(({ projected }, index) =>
        (projected?.sources ?? []).flatMap((source, sourceIndex) =>
          source.serviceAccountToken === undefined
            ? []
            : [
                forbidden(
                  `spec.volumes[${index}].projected.sources[${sourceIndex}].serviceAccountToken`,
                  'must not be specified when serviceAccountName is not set',
                ),
              ],
        ),
      )

/** What is wrong with a pod spec that stands at `at`, of a pod or of a template. */
export function podSpecErrors(spec: PodSpec, at: string, volumeContext: VolumeContext = {}): FieldError[] {
  const { errors: volumeErrors, names: volumes } = volumesErrors(spec.volumes ?? [], `${at}.volumes`, volumeContext)
  const context = { spec, volumes }
  return [
    ...volumeErrors,
    ...resourceClaimErrors(spec.resourceClaims ?? [], `${at}.resourceClaims`),
    ...containersErrors(context, `${at}.containers`),
    ...initContainersErrors(context, `${at}.initContainers`),
    ...ephemeralContainersErrors(context, `${at}.ephemeralContainers`),
    ...podResourceErrors(spec, at),
    ...hostPortErrors(spec, `${at}.containers`, volumeContext.isPod === true),
    ...requiredOneOf(spec.restartPolicy, RESTART_POLICIES, `${at}.restartPolicy`),
    ...requiredOneOf(spec.dnsPolicy, DNS_POLICIES, `${at}.dnsPolicy`),
    ...labelErrors(spec.nodeSelector, `${at}.nodeSelector`),
    ...podSecurityErrors(spec, at),
    ...affinityErrors(spec.affinity, `${at}.affinity`),
    ...dnsConfigErrors(spec, `${at}.dnsConfig`),
    ...readinessGateErrors(spec, at),
    ...schedulingGateErrors(spec.schedulingGates ?? [], `${at}.schedulingGates`),
    ...spreadConstraintErrors(spec.topologySpreadConstraints ?? [], `${at}.topologySpreadConstraints`),
    ...hostProcessErrors(spec, at),
    ...hostUserErrors(spec, at),
    ...hostnameOverrideErrors(spec, `${at}.hostnameOverride`),
    ...nameFieldErrors(spec, at),
    ...tolerationErrors(spec.tolerations ?? [], `${at}.tolerations`),
    ...hostAliasErrors(spec, at),
    ...formedIfSet(spec.priorityClassName, dnsSubdomain, `${at}.priorityClassName`),
    ...(spec.runtimeClassName === undefined
      ? []
      : formed(spec.runtimeClassName, dnsSubdomain, `${at}.runtimeClassName`)),
    ...(spec.preemptionPolicy === undefined
      ? []
      : requiredOneOf(spec.preemptionPolicy, PREEMPTION_POLICIES, `${at}.preemptionPolicy`)),
    ...(spec.overhead === undefined ? [] : resourceErrors({ limits: spec.overhead }, `${at}.overhead`, [])),
    ...operatingSystemErrors(spec, at),
    ...fileKeyVolumeErrors(spec, at),
  ]
}

function nameFieldErrors(spec: PodSpec, at: string): FieldError[] {
  return [
    ...formedIfSet(spec.serviceAccountName, dnsSubdomain, `${at}.serviceAccountName`),
    ...formedIfSet(spec.nodeName, dnsSubdomain, `${at}.nodeName`),
    ...inRange(spec.activeDeadlineSeconds, 1, INT32_MAX, `${at}.activeDeadlineSeconds`),
    ...formedIfSet(spec.hostname, dnsLabel, `${at}.hostname`),
    ...formedIfSet(spec.subdomain, dnsLabel, `${at}.subdomain`),
  ]
}

const readinessGateErrors = (spec: PodSpec, at: string): FieldError[] =>
  (spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
    qualifiedName(conditionType).map((fault) =>
      invalid(`${at}.readinessGates[${index}].conditionType`, conditionType, fault),
    ),
  )

const hostAliasErrors = (spec: PodSpec, at: string): FieldError[] =>
  (spec.hostAliases ?? []).flatMap(({ ip, hostnames = [] }, index) => [
    ...ipErrors(ip, `${at}.hostAliases[${index}].ip`),
    ...hostnames.flatMap((name, nameIndex) =>
      formed(name, dnsSubdomain, `${at}.hostAliases[${index}].hostnames[${nameIndex}]`),
    ),
  ])

function operatingSystemErrors(spec: PodSpec, at: string): FieldError[] {
  if (spec.os === undefined) return []
  if (!spec.os.name) return [required(`${at}.os.name`)]
  if (spec.os.name === 'linux') return linuxPodErrors(spec, at)
  return spec.os.name === 'windows' ? windowsPodErrors(spec, at) : oneOf(spec.os.name, ['linux', 'windows'], `${at}.os`)
}
