import type { Container, PodSpec } from '../types.ts'
import { BASELINE_CHECKS } from './baseline_checks.ts'
import type { Check, CheckedPod, CheckVersion, Violation } from './check.ts'
import type { LevelVersion } from './policy.ts'
import { RESTRICTED_CHECKS } from './restricted_checks.ts'

/** A pod, or the template of one. */
export interface PodLike {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: PodSpec
}

/** Everything that a level has against a pod, in a fixed order. */
export function violationsOf(asked: LevelVersion, pod: PodLike): Violation[] {
  if (asked.level === 'privileged') return []
  const version = asked.version === 'latest' ? Number.POSITIVE_INFINITY : asked.version
  const checked = checkedPod(pod)
  return rulesFor(asked.level, version).flatMap(({ check }) => check(checked) ?? [])
}

function checkedPod({ metadata, spec }: PodLike): CheckedPod {
  const containers = [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as readonly Container[]),
  ]
  return { annotations: metadata?.annotations ?? {}, spec, containers }
}

function rulesFor(level: 'baseline' | 'restricted', version: number): CheckVersion[] {
  const restricted = level === 'restricted' ? RESTRICTED_CHECKS.filter((check) => ruleAt(check, version)) : []
  const overridden = new Set(restricted.map(({ overrides }) => overrides))
  const baseline = BASELINE_CHECKS.filter(({ id }) => !overridden.has(id))
  return [...baseline, ...restricted].flatMap((check) => ruleAt(check, version) ?? [])
}

const ruleAt = ({ versions }: Check, version: number): CheckVersion | undefined =>
  versions.findLast(({ since }) => since <= version)

/** `host ports (8080, 9090), privileged` */
export const detailsText = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')

/** The same without what is peculiar to one pod, so that pods can be counted by it. */
export const reasonsText = (violations: readonly Violation[]): string =>
  violations.map(({ reason }) => reason).join(', ')
