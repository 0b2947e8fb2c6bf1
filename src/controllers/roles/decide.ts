import type { Pod, StatefulSet } from '../../api/types.ts'
import { PRIMARY_ANNOTATION, ROLE_LABEL, type Role } from './names.ts'

export interface RolesView {
  /** A set with the annotation. */
  readonly set: StatefulSet
  /** The pods that it controls, those that end among them. */
  readonly pods: readonly Pod[]
}

/** A label to be written. */
export interface RoleChange {
  readonly pod: Pod
  readonly role: Role
}

export interface RolesPlan {
  /** Replicas come first: at no time are two pods called primary. */
  readonly changes: readonly RoleChange[]
  /** What is wrong with the annotation. Then no label changes: a slip of the pen must not stop all writes. */
  readonly warning: string | undefined
}

/**
 * Which pods get which role. The annotation alone decides; whether a member really takes writes is
 * the business of whoever sets it. Pure.
 */
export function decideRoles({ set, pods }: RolesView): RolesPlan {
  const primary = primaryOf(set)
  if (primary === undefined) return { changes: [], warning: warningFor(set) }
  const wanted = pods.map((pod): RoleChange => ({ pod, role: pod.metadata.name === primary ? 'primary' : 'replica' }))
  const changes = wanted.filter(({ pod, role }) => pod.metadata.labels?.[ROLE_LABEL] !== role)
  return { changes: changes.sort((a, b) => rank(a) - rank(b)), warning: undefined }
}

const rank = ({ role }: RoleChange): number => (role === 'replica' ? 0 : 1)

const annotationOf = ({ metadata }: StatefulSet): string => metadata.annotations?.[PRIMARY_ANNOTATION] ?? ''

/** The pod's name that the annotation means, if the set has a member of it. */
function primaryOf(set: StatefulSet): string | undefined {
  const value = annotationOf(set)
  const { first, last } = ordinalsOf(set)
  const prefix = `${set.metadata.name}-`
  const ordinal = value.startsWith(prefix) ? value.slice(prefix.length) : value
  const isMember = isOrdinal(ordinal) && Number(ordinal) >= first && Number(ordinal) <= last
  return isMember ? prefix + ordinal : undefined
}

/** As pods' names have it: no sign, no leading zero. */
const isOrdinal = (text: string): boolean => /^(0|[1-9][0-9]{0,8})$/.test(text)

function ordinalsOf({ spec }: StatefulSet): { readonly first: number; readonly last: number } {
  const first = spec.ordinals?.start ?? 0
  return { first, last: first + (spec.replicas ?? 1) - 1 }
}

function warningFor(set: StatefulSet): string {
  const { name } = set.metadata
  const { first, last } = ordinalsOf(set)
  const members = last < first ? 'it has none' : `it has ${name}-${first} to ${name}-${last}`
  return `the annotation ${PRIMARY_ANNOTATION}=${JSON.stringify(annotationOf(set))} names no member of the set (${members}): labels stay as they are`
}
