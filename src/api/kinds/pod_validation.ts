import { type FieldError, forbidden, invalid, notSupported, required } from '../field_error.ts'
import type { Pod, PodSpec } from '../types.ts'
import { isIP } from '../validation/addresses.ts'
import { labelErrors } from '../validation/labels.ts'
import { dnsLabel, dnsSubdomain, type FormCheck, qualifiedName } from '../validation/names.ts'
import { INT32_MAX, inRange } from '../validation/numbers.ts'
import { affinityErrors } from './pod_validation_affinity.ts'
import { containersErrors, initContainersErrors } from './pod_validation_containers.ts'
import { dnsConfigErrors } from './pod_validation_dns.ts'
import { schedulingGateErrors, spreadConstraintErrors, tolerationErrors } from './pod_validation_scheduling.ts'
import { podSecurityErrors } from './pod_validation_security.ts'
import { volumesErrors } from './pod_validation_volumes.ts'

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never']

/** What is wrong with a new pod, in upstream's order of causes. */
export function podErrors(pod: Pod): FieldError[] {
  const { spec } = pod
  const gated = (spec.schedulingGates ?? []).length > 0
  return [
    ...podSpecErrors(spec, 'spec'),
    ...((spec.ephemeralContainers ?? []).length > 0
      ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')]
      : []),
    ...(spec.nodeName && gated
      ? [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
      : []),
  ]
}

/** What is wrong with a pod spec that stands at `at`, of a pod or of a template. */
export function podSpecErrors(spec: PodSpec, at: string): FieldError[] {
  const { errors: volumeErrors, names } = volumesErrors(spec.volumes ?? [], `${at}.volumes`)
  const context = { spec, volumeNames: names }
  return [
    ...volumeErrors,
    ...containersErrors(context, `${at}.containers`),
    ...initContainersErrors(context, `${at}.initContainers`),
    ...oneOf(spec.restartPolicy, RESTART_POLICIES, `${at}.restartPolicy`),
    ...oneOf(spec.dnsPolicy, DNS_POLICIES, `${at}.dnsPolicy`),
    ...labelErrors(spec.nodeSelector, `${at}.nodeSelector`),
    ...podSecurityErrors(spec, at),
    ...(spec.imagePullSecrets ?? []).flatMap((one, index) =>
      one.name ? [] : [required(`${at}.imagePullSecrets[${index}].name`)],
    ),
    ...affinityErrors(spec.affinity, `${at}.affinity`),
    ...dnsConfigErrors(spec, `${at}.dnsConfig`),
    ...readinessGateErrors(spec, at),
    ...schedulingGateErrors(spec.schedulingGates ?? [], `${at}.schedulingGates`),
    ...spreadConstraintErrors(spec.topologySpreadConstraints ?? [], `${at}.topologySpreadConstraints`),
    ...nameFieldErrors(spec, at),
    ...tolerationErrors(spec.tolerations ?? [], `${at}.tolerations`),
    ...hostAliasErrors(spec, at),
    ...formErrors(spec.priorityClassName, dnsSubdomain, `${at}.priorityClassName`),
    ...formErrors(spec.runtimeClassName, dnsSubdomain, `${at}.runtimeClassName`),
    ...oneOf(spec.preemptionPolicy, PREEMPTION_POLICIES, `${at}.preemptionPolicy`),
    ...operatingSystemErrors(spec, at),
  ]
}

const oneOf = (value: string | undefined, known: readonly string[], field: string): FieldError[] =>
  value === undefined || known.includes(value) ? [] : [notSupported(field, value, known)]

const formErrors = (value: string | undefined, form: FormCheck, field: string): FieldError[] =>
  value ? form(value).map((fault) => invalid(field, value, fault)) : []

function nameFieldErrors(spec: PodSpec, at: string): FieldError[] {
  return [
    ...formErrors(spec.serviceAccountName, dnsSubdomain, `${at}.serviceAccountName`),
    ...formErrors(spec.nodeName, dnsSubdomain, `${at}.nodeName`),
    ...inRange(spec.activeDeadlineSeconds, 1, INT32_MAX, `${at}.activeDeadlineSeconds`),
    ...formErrors(spec.hostname, dnsLabel, `${at}.hostname`),
    ...formErrors(spec.subdomain, dnsLabel, `${at}.subdomain`),
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
    ...(isIP(ip) ? [] : [invalid(`${at}.hostAliases[${index}].ip`, ip, 'must be valid IP address')]),
    ...hostnames.flatMap((name) =>
      dnsSubdomain(name).map((fault) => invalid(`${at}.hostAliases[${index}].hostnames`, name, fault)),
    ),
  ])

function operatingSystemErrors(spec: PodSpec, at: string): FieldError[] {
  if (spec.os === undefined) return []
  const known = ['linux', 'windows']
  if (!spec.os.name) return [required(`${at}.os.name`, 'cannot be empty')]
  return oneOf(spec.os.name, known, `${at}.os`)
}
