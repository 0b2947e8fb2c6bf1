import { isConflict, isNotFound } from '../../api/error.ts'
import { CLUSTER_ROLES } from '../../api/resources.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { ClusterRole } from '../../api/types.ts'
import { equalJson } from '../../base/equal.ts'
import { refOf, unless } from '../runtime/calls.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'

type Rules = NonNullable<ClusterRole['rules']>

export interface AggregationView {
  readonly role: ClusterRole
  readonly all: readonly ClusterRole[]
}

/** `rules` is what the role has to hold; absent when it holds them already. */
export interface AggregationPlan {
  readonly rules?: Rules
}

/** Keeps the rules of cluster roles that are sums of others, such as `admin`, `edit` and `view`. */
export function createRoleAggregationController(deps: ControllerDeps): Controller<AggregationView, AggregationPlan> {
  const roles = deps.informers.of(CLUSTER_ROLES)
  const sums = () => roles.list().filter((role) => role.aggregationRule !== undefined)
  return {
    name: 'clusterrole-aggregation',
    // Any role may be part of any sum, by its labels now or before: there are few sums, and roles change rarely.
    watches: [watchRule(CLUSTER_ROLES, () => sums().map(({ metadata }) => metadata.name))],
    view(key) {
      const role = roles.get(key)
      return role?.aggregationRule === undefined ? undefined : { role, all: roles.list() }
    },
    decide: decideAggregation,
    async apply({ rules }, { role }, client) {
      if (rules === undefined) return done
      const { uid, resourceVersion } = role.metadata
      const body = { metadata: { uid, resourceVersion }, rules }
      const gone = (thrown: unknown) => isNotFound(thrown) || isConflict(thrown)
      await unless(gone, client.patch(CLUSTER_ROLES, refOf(role), { type: 'merge', body }))
      return done
    },
  }
}

/** All rules of the roles that its selectors name, in the order of the roles' names, each rule once. */
export function decideAggregation({ role, all }: AggregationView): AggregationPlan {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? []
  const parts = all
    .filter((other) => other.metadata.name !== role.metadata.name)
    .filter((other) => selectors.some((selector) => matchesLabels(selector, other.metadata.labels)))
    .sort((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1))
  const rules: Rules[number][] = []
  for (const rule of parts.flatMap((part) => part.rules ?? [])) {
    if (!rules.some((known) => equalJson(known, rule))) rules.push(rule)
  }
  return equalJson(rules, role.rules ?? []) ? {} : { rules }
}
