import type { Container } from '../types.ts'
import { addedBeyond, procMount } from './baseline_checks.ts'
import {
  type Check,
  type CheckedPod,
  containersText,
  distinct,
  hasOwnUsers,
  isWindows,
  namesWhere,
  plural,
  quoted,
  settersText,
  type Violation,
} from './check.ts'
import { seccompRequired } from './profile_checks.ts'

function escalation(pod: CheckedPod): Violation | undefined {
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (names.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

function capabilities(pod: CheckedPod): Violation | undefined {
  const dropsAll = ({ securityContext }: Container): boolean =>
    securityContext?.capabilities?.drop?.includes('ALL') === true
  const keeping = namesWhere(pod, (one) => !dropsAll(one))
  const added = addedBeyond(pod.containers, (name) => name === 'NET_BIND_SERVICE')
  const details = [
    ...(keeping.length > 0 ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(added === undefined ? [] : [added]),
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const ALLOWED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

function volumes({ spec }: CheckedPod): Violation | undefined {
  const bad = (spec.volumes ?? []).filter((volume) => !ALLOWED_VOLUMES.some((type) => type in volume))
  if (bad.length === 0) return undefined
  const types = distinct(bad.map((volume) => Object.keys(volume).find((field) => field !== 'name') ?? 'unknown'))
  const names = bad.map(({ name }) => name)
  const uses = names.length === 1 ? 'uses' : 'use'
  return {
    reason: 'restricted volume types',
    detail: `${plural('volume', names.length)} ${quoted(names)} ${uses} ${plural('restricted volume type', types.length)} ${quoted(types)}`,
  }
}

function nonRoot(pod: CheckedPod): Violation | undefined {
  const reason = 'runAsNonRoot != true'
  const ofPod = pod.spec.securityContext?.runAsNonRoot
  const rootful = namesWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false)
  const setters = settersText(ofPod === false, rootful)
  if (setters !== '') return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` }
  if (ofPod === true) return undefined
  const silent = namesWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
  if (silent.length === 0) return undefined
  return {
    reason,
    detail: `pod or ${plural('container', silent.length)} ${quoted(silent)} must set securityContext.runAsNonRoot=true`,
  }
}

function rootUser(pod: CheckedPod): Violation | undefined {
  const setters = settersText(
    pod.spec.securityContext?.runAsUser === 0,
    namesWhere(pod, ({ securityContext }) => securityContext?.runAsUser === 0),
  )
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` }
}

type Rule = (pod: CheckedPod) => Violation | undefined
const butOnWindows =
  (rule: Rule): Rule =>
  (pod) =>
    isWindows(pod) ? undefined : rule(pod)
const butWithOwnUsers =
  (rule: Rule): Rule =>
  (pod) =>
    hasOwnUsers(pod) ? undefined : rule(pod)

const sinceWindowsCounts = (since: number, rule: Rule) => [
  { since, check: rule },
  { since: 25, check: butOnWindows(rule) },
]
const sinceOwnUsersCount = (since: number, rule: Rule) => [
  { since, check: rule },
  { since: 35, check: butWithOwnUsers(rule) },
]

/** Hardening as it is known today, asked behind the checks of the level `baseline`. */
export const RESTRICTED_CHECKS: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', level: 'restricted', versions: sinceWindowsCounts(8, escalation) },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    overrides: 'capabilities_baseline',
    versions: sinceWindowsCounts(22, capabilities),
  },
  {
    id: 'procMount_restricted',
    level: 'restricted',
    overrides: 'procMount',
    versions: [{ since: 35, check: procMount }],
  },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    overrides: 'hostPathVolumes',
    versions: [{ since: 0, check: volumes }],
  },
  { id: 'runAsNonRoot', level: 'restricted', versions: sinceOwnUsersCount(0, nonRoot) },
  { id: 'runAsUser', level: 'restricted', versions: sinceOwnUsersCount(23, rootUser) },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    overrides: 'seccompProfile_baseline',
    versions: sinceWindowsCounts(19, seccompRequired),
  },
]
