import { nanosOf } from '../../quantity.ts'
import type { Container, Pod, PodSpec, PodTemplateSpec, Volume } from '../../types.ts'
import { nonCanonicalIpWarnings } from '../../validation/ip_warnings.ts'
import { labelValue } from '../../validation/names.ts'
import { claimSpecWarnings } from '../claim_warnings.ts'
import { deprecatedExpressionWarnings, deprecatedLabelMessage } from '../deprecated_labels.ts'
import { goneSourceWarnings } from '../gone_sources.ts'
import { eachContainer } from './pod_containers.ts'
import { portWarnings } from './pod_warnings_ports.ts'
import { overlapWarnings } from './pod_warnings_volumes.ts'

const NANO = 1_000_000_000n
const NULL_SELECTOR = 'a null labelSelector results in matching no pod'
const DEPRECATED_ANNOTATIONS: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
const SECCOMP_MESSAGE = 'non-functional in v1.27+; use the "seccompProfile" field instead'

/** In the order in which upstream looks for them: some before the claims that a volume makes, some behind. */
const GONE = ['photon', 'gitRepo', 'scaleIO', 'flocker', 'storageos', 'quobyte', 'glusterfs']
const GONE_LATER = ['cephfs', 'rbd']

/** What is allowed, but hardly meant. */
export function podWarnings(pod: Pod, old: Pod | undefined): string[] {
  // Pods are changed by programs, and often: nobody would read it.
  if (old !== undefined) return []
  const dotted =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"
  return [
    ...(pod.metadata.name.includes('.') ? [dotted] : []),
    ...specWarnings(pod.spec, pod.metadata.annotations ?? {}, ''),
  ]
}

/** The same for a template that stands at `at`. */
export const podTemplateWarnings = ({ metadata, spec }: PodTemplateSpec, at: string): string[] =>
  spec === undefined ? [] : specWarnings(spec, metadata?.annotations ?? {}, `${at}.`)

type Annotations = Readonly<Record<string, string>>

function specWarnings(spec: PodSpec, annotations: Annotations, prefix: string): string[] {
  const at = `${prefix}spec`
  const { terminationGracePeriodSeconds: seconds = 0 } = spec
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((key) =>
      told(`${at}.nodeSelector[${key}]`, deprecatedLabelMessage(key)),
    ),
    ...nodeAffinityWarnings(spec, `${at}.affinity.nodeAffinity`),
    ...spreadWarnings(spec, `${at}.topologySpreadConstraints`),
    ...Object.entries(DEPRECATED_ANNOTATIONS).flatMap(([key, message]) =>
      annotations[key] === undefined ? [] : [`${prefix}metadata.annotations[${key}]: ${message}`],
    ),
    ...(spec.volumes ?? []).flatMap((volume, index) => volumeWarnings(volume, `${at}.volumes[${index}]`)),
    ...overlapWarnings(spec.volumes ?? []),
    ...duplicateWarnings(spec, at),
    ...fractionWarnings(spec.overhead, `${at}.overhead`),
    ...(spec.securityContext?.seccompProfile === undefined && annotations[SECCOMP_POD] !== undefined
      ? [`${prefix}metadata.annotations[${SECCOMP_POD}]: ${SECCOMP_MESSAGE}`]
      : []),
    ...eachContainer(spec, at).flatMap(({ container, field }) => [
      ...seccompWarnings(container, annotations, prefix),
      ...containerWarnings(container, field),
    ]),
    ...portWarnings(spec, at),
    ...(seconds < 0
      ? [`${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...podAffinityWarnings(spec, `${at}.affinity`),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((ip, index) =>
      nonCanonicalIpWarnings(ip, `${at}.dnsConfig.nameservers[${index}]`),
    ),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, index) =>
      nonCanonicalIpWarnings(ip, `${at}.hostAliases[${index}].ip`),
    ),
  ]
}

const told = (field: string, message: string | undefined): string[] =>
  message === undefined ? [] : [`${field}: ${message}`]

function nodeAffinityWarnings({ affinity }: PodSpec, at: string): string[] {
  const needed = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const preferred = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return [
    ...needed.flatMap((term, index) =>
      deprecatedExpressionWarnings(
        term.matchExpressions,
        `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`,
      ),
    ),
    ...preferred.flatMap(({ preference }, index) => {
      const field = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`
      return [
        ...deprecatedExpressionWarnings(preference?.matchExpressions, field),
        ...(preference?.matchExpressions ?? []).flatMap(({ values = [] }, one) =>
          values.flatMap((value, valueIndex) =>
            labelValue(value).map(
              (fault) => `${field}.matchExpressions[${one}].values[${valueIndex}]: ${value} is invalid, ${fault}`,
            ),
          ),
        ),
      ]
    }),
  ]
}

const spreadWarnings = ({ topologySpreadConstraints = [] }: PodSpec, at: string): string[] =>
  topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, index) => {
    const message = deprecatedLabelMessage(topologyKey)
    return [
      ...(message === undefined ? [] : [`${at}[${index}].topologyKey: ${topologyKey} is ${message}`]),
      ...(labelSelector === undefined ? [`${at}[${index}].labelSelector: ${NULL_SELECTOR}`] : []),
    ]
  })

const volumeWarnings = (volume: Volume, at: string): string[] => [
  ...goneSourceWarnings(volume, GONE, at),
  ...(volume.ephemeral?.volumeClaimTemplate === undefined
    ? []
    : claimSpecWarnings(volume.ephemeral.volumeClaimTemplate.spec, `${at}.ephemeral.volumeClaimTemplate.spec`)),
  ...goneSourceWarnings(volume, GONE_LATER, at),
]

function duplicateWarnings({ hostAliases = [], imagePullSecrets = [] }: PodSpec, at: string): string[] {
  const repeated = (words: readonly string[]) =>
    words.flatMap((word, index) => (words.indexOf(word) < index ? [{ word, index }] : []))
  const names = imagePullSecrets.map(({ name = '' }) => name)
  return [
    ...repeated(hostAliases.map(({ ip }) => ip)).map(
      ({ word, index }) => `${at}.hostAliases[${index}].ip: duplicate ip ${JSON.stringify(word)}`,
    ),
    ...repeated(names).map(
      ({ word, index }) => `${at}.imagePullSecrets[${index}].name: duplicate name ${JSON.stringify(word)}`,
    ),
    ...names.flatMap((name, index) =>
      name === '' ? [`${at}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
  ]
}

function seccompWarnings(container: Container, annotations: Annotations, prefix: string): string[] {
  const key = `${SECCOMP_CONTAINER}${container.name}`
  if (container.securityContext?.seccompProfile !== undefined || annotations[key] === undefined) return []
  return [`${prefix}metadata.annotations[${key}]: ${SECCOMP_MESSAGE}`]
}

function containerWarnings({ resources, env = [] }: Container, at: string): string[] {
  const names = new Set<string>()
  const hidden = env.flatMap(({ name, value = '', valueFrom }, index) => {
    const reference = `$(${name})`
    const taken = names.has(name)
    names.add(name)
    const builtUpon = valueFrom === undefined && value !== reference && value.includes(reference)
    return taken && !builtUpon
      ? [
          `${at}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
        ]
      : []
  })
  const byteWarnings = (name: string) => [
    ...fractionWarnings(resources?.limits, `${at}.resources.limits`, [name]),
    ...fractionWarnings(resources?.requests, `${at}.resources.requests`, [name]),
  ]
  return [...byteWarnings('memory'), ...byteWarnings('ephemeral-storage'), ...hidden]
}

/** There are no parts of bytes. */
const fractionWarnings = (
  amounts: Readonly<Record<string, string>> | undefined,
  at: string,
  names: readonly string[] = ['memory', 'ephemeral-storage'],
): string[] =>
  names.flatMap((name) => {
    const amount = amounts?.[name]
    if (amount === undefined || nanosOf(amount) % NANO === 0n) return []
    return [`${at}[${name}]: fractional byte value "${amount}" is invalid, must be an integer`]
  })

function podAffinityWarnings({ affinity }: PodSpec, at: string): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const needed = affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const preferred = affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    const field = (rest: string) => `${at}.${kind}.${rest}: ${NULL_SELECTOR}`
    return [
      ...needed.flatMap(({ labelSelector }, index) =>
        labelSelector ? [] : [field(`requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector`)],
      ),
      ...preferred.flatMap(({ podAffinityTerm }, index) =>
        podAffinityTerm?.labelSelector
          ? []
          : [field(`preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector`)],
      ),
    ]
  })
}
