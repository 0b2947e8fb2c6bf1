import type * as k8s from '@kubernetes/client-node'
import type { Millis } from '../../base/clock.ts'
import { type FieldError, invalid, notSupported, required } from '../field_error.ts'
import type { Cell, KindRules, MutableObject } from '../kind_rules.ts'
import type { Wire } from '../types.ts'
import { equal } from '../validation/equality.ts'
import { goNamed } from '../validation/go_names.ts'
import { dnsSubdomain, pathSegment } from '../validation/names.ts'
import { fill, items, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { clusterRef, namespacedRef, type Stored } from './refs.ts'

const GROUP = 'rbac.authorization.k8s.io'
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group']

type RoleBinding = Stored<k8s.V1RoleBinding>
type ClusterRoleBinding = Stored<k8s.V1ClusterRoleBinding>
type Binding = RoleBinding | ClusterRoleBinding
type Subject = Wire<k8s.RbacV1Subject>

function defaults(draft: MutableObject): void {
  fill(part(draft, 'roleRef'), 'apiGroup', GROUP)
  for (const subject of items(draft['subjects'])) {
    if (subject.kind === 'User' || subject.kind === 'Group') fill(subject, 'apiGroup', GROUP)
  }
}

function bindingErrors({ roleRef, subjects }: Binding, kinds: readonly string[], namespaced: boolean): FieldError[] {
  return [
    ...(roleRef.apiGroup === GROUP ? [] : [notSupported('roleRef.apiGroup', roleRef.apiGroup, [GROUP])]),
    ...(kinds.includes(roleRef.kind) ? [] : [notSupported('roleRef.kind', roleRef.kind, kinds)]),
    ...(roleRef.name
      ? pathSegment(roleRef.name).map((fault) => invalid('roleRef.name', roleRef.name, fault))
      : [required('roleRef.name')]),
    ...(subjects ?? []).flatMap((subject, index) => subjectErrors(subject, namespaced, `subjects[${index}]`)),
  ]
}

function subjectErrors(subject: Subject, namespaced: boolean, at: string): FieldError[] {
  const { kind, name, namespace, apiGroup = '' } = subject
  const errors = name ? [] : [required(`${at}.name`)]
  if (kind === 'ServiceAccount') {
    return [
      ...errors,
      ...(name ? dnsSubdomain(name).map((fault) => invalid(`${at}.name`, name, fault)) : []),
      ...(apiGroup === '' ? [] : [notSupported(`${at}.apiGroup`, apiGroup, [''])]),
      ...(namespaced || namespace ? [] : [required(`${at}.namespace`)]),
    ]
  }
  if (kind === 'User' || kind === 'Group') {
    return [...errors, ...(apiGroup === GROUP ? [] : [notSupported(`${at}.apiGroup`, apiGroup, [GROUP])])]
  }
  return [...errors, notSupported(`${at}.kind`, kind, SUBJECT_KINDS)]
}

/** A binding keeps its role: who may bind it was decided once. */
const roleChangeErrors = (binding: Binding, old: Binding): FieldError[] =>
  equal(binding.roleRef, old.roleRef)
    ? []
    : [invalid('roleRef', goNamed('rbac.RoleRef', binding.roleRef), 'cannot change roleRef')]

function cells({ metadata, roleRef, subjects }: Binding, now: Millis): Cell[] {
  const named = (kind: string) => (subjects ?? []).filter((one) => one.kind === kind)
  const names = (kind: string) => named(kind).map((one) => one.name)
  return [
    metadata.name,
    `${roleRef.kind}/${roleRef.name}`,
    ageOf(metadata.creationTimestamp, now),
    names('User').join(', '),
    names('Group').join(', '),
    named('ServiceAccount')
      .map((one) => `${one.namespace ?? ''}/${one.name}`)
      .join(', '),
  ]
}

const NAMESPACED_KINDS = ['Role', 'ClusterRole']
const CLUSTER_KINDS = ['ClusterRole']

/** Who has a role in a namespace. */
export const roleBindingRules: KindRules<RoleBinding> = {
  resource: namespacedRef(`${GROUP}/v1`, 'rolebindings', 'RoleBinding'),
  generation: 'none',
  nameForm: 'path-segment',
  createOnUpdate: true,
  defaults,
  validateCreate: (binding) => bindingErrors(binding, NAMESPACED_KINDS, true),
  validateUpdate: (binding, old) => [
    ...bindingErrors(binding, NAMESPACED_KINDS, true),
    ...roleChangeErrors(binding, old),
  ],
  cells,
}

/** Who has a role everywhere. */
export const clusterRoleBindingRules: KindRules<ClusterRoleBinding> = {
  resource: clusterRef(`${GROUP}/v1`, 'clusterrolebindings', 'ClusterRoleBinding'),
  generation: 'none',
  nameForm: 'path-segment',
  createOnUpdate: true,
  defaults,
  validateCreate: (binding) => bindingErrors(binding, CLUSTER_KINDS, false),
  validateUpdate: (binding, old) => [
    ...bindingErrors(binding, CLUSTER_KINDS, false),
    ...roleChangeErrors(binding, old),
  ],
  cells,
}
