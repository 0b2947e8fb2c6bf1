import { apiVersionOf } from '../resource.ts'

interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** `/api/v1` or `/apis/apps/v1`. */
export const rootOf = (groupVersion: GroupVersion): string =>
  `${groupVersion.group === '' ? '/api' : '/apis'}/${apiVersionOf(groupVersion)}`

/** `status` → `Status` */
export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** The group in operation ids: `rbac.authorization.k8s.io` → `RbacAuthorization`. */
export const groupWord = (group: string): string =>
  (group === '' ? 'core' : group.replace(/\.k8s\.io$/, '')).split('.').map(capital).join('')

/** The group and version in operation ids: `RbacAuthorizationV1`. */
export const versionWord = ({ group, version }: GroupVersion): string => groupWord(group) + capital(version)

/** The tag of a group's operations: `rbacAuthorization`. */
export function groupTag(group: string): string {
  const word = groupWord(group)
  return word.charAt(0).toLowerCase() + word.slice(1)
}

/** `a Pod`, `an Ingress`, and no article before what is plural. */
export function withArticle(kind: string): string {
  if (kind === 'Endpoints') return kind
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`
}
