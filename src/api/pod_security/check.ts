import type { Container, PodSpec } from '../types.ts'

/** What a check may look at. */
export interface CheckedPod {
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: PodSpec
  /** Init containers, containers and ephemeral ones, in this order. */
  readonly containers: readonly Container[]
}

/** Why a pod is not allowed: in few words, and exactly. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** One rule from a minor version on; the next version of the same check replaces it. */
export interface CheckVersion {
  readonly since: number
  readonly check: (pod: CheckedPod) => Violation | undefined
}

export interface Check {
  readonly id: string
  readonly level: 'baseline' | 'restricted'
  readonly versions: readonly CheckVersion[]
  /** The check of the level `baseline` that is not asked where this one is. */
  readonly overrides?: string
}

export const plural = (singular: string, count: number): string => (count === 1 ? singular : `${singular}s`)

/** `"a", "b"` */
export const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ')

/** Each once, in order. */
export const distinct = (words: readonly string[]): string[] => [...new Set(words)].sort()

/** `container "a"`, `containers "a", "b"` */
export const containersText = (names: readonly string[]): string =>
  `${plural('container', names.length)} ${quoted(names)}`

/** Those who set something: the pod itself, and containers. */
export const settersText = (pod: boolean, containers: readonly string[]): string =>
  [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [containersText(containers)] : [])].join(' and ')

export const namesWhere = (
  { containers }: CheckedPod,
  isWanted: (container: Container) => boolean,
): readonly string[] => containers.filter(isWanted).map(({ name }) => name)

export const isWindows = ({ spec }: CheckedPod): boolean => spec.os?.name === 'windows'

/** In a user namespace of its own root is nobody in particular. */
export const hasOwnUsers = ({ spec }: CheckedPod): boolean => spec.hostUsers === false
