import { isNotFound } from '../../api/error.ts'
import { keyOf, type ObjectKey } from '../../api/resource.ts'
import { PODS, STATEFUL_SETS } from '../../api/resources.ts'
import type { Pod, StatefulSet } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { decideRoles, type RoleChange, type RolesPlan, type RolesView } from './decide.ts'
import { PRIMARY_ANNOTATION, ROLE_LABEL } from './names.ts'

const BY_SET = 'roles/pods-by-set'

/**
 * Keeps the label `berth.dev/role` on the pods of sets that name their primary, so that services can
 * select writes and reads. Sets without the annotation are left alone, labels included. Keys are sets.
 */
export function createRolesController(deps: ControllerDeps): Controller<RolesView, RolesPlan> {
  const sets = deps.informers.of(STATEFUL_SETS)
  const pods = deps.informers.of(PODS)
  pods.addIndex(BY_SET, setKeysOf)
  const hasRoles = (key: ObjectKey) => namesPrimary(sets.get(key))
  return {
    name: 'roles',
    watches: [
      watchRule(STATEFUL_SETS, ({ key, previous, current }) => (isOther(previous, current) ? [key] : [])),
      watchRule(PODS, ({ previous, current }) =>
        current === undefined || roleOf(previous) === roleOf(current) ? [] : setKeysOf(current).filter(hasRoles),
      ),
    ],
    view(key) {
      const set = sets.get(key)
      if (set === undefined || !namesPrimary(set)) return undefined
      const own = pods.byIndex(BY_SET, key).filter((pod) => ownerOf(pod)?.uid === set.metadata.uid)
      return { set, pods: own }
    },
    decide: decideRoles,
    apply: async ({ changes, warning }, { set }, client) => {
      if (warning !== undefined) deps.events.record(set, 'Warning', 'InvalidPrimary', warning)
      for (const change of changes) await label(client, change)
      const promoted = changes.find(({ role }) => role === 'primary')
      const message = `pod ${promoted?.pod.metadata.name} is labelled ${ROLE_LABEL}=primary`
      if (promoted !== undefined) deps.events.record(set, 'Normal', 'PrimaryLabelled', message)
      return done
    },
  }
}

const namesPrimary = (set: StatefulSet | undefined): boolean =>
  set?.metadata.annotations?.[PRIMARY_ANNOTATION] !== undefined && set.metadata.deletionTimestamp === undefined

/** What decides besides the pods' labels: the annotation, and which members there should be. */
const isOther = (previous: StatefulSet | undefined, current: StatefulSet | undefined): boolean =>
  namesPrimary(current) &&
  (previous?.metadata.annotations?.[PRIMARY_ANNOTATION] !== current?.metadata.annotations?.[PRIMARY_ANNOTATION] ||
    previous?.metadata.generation !== current?.metadata.generation)

/** The role that a pod's label tells; a pod that is not there has none, nor one without the label a role. */
const roleOf = (pod: Pod | undefined): string | null | undefined =>
  pod === undefined ? undefined : (pod.metadata.labels?.[ROLE_LABEL] ?? null)

const ownerOf = ({ metadata }: Pod) =>
  metadata.ownerReferences?.find(({ controller, kind }) => controller === true && kind === STATEFUL_SETS.kind)

function setKeysOf(pod: Pod): readonly ObjectKey[] {
  const owner = ownerOf(pod)
  return owner === undefined ? [] : [keyOf({ metadata: { namespace: pod.metadata.namespace ?? '', name: owner.name } })]
}

/** A pod that has gone is no matter; one of the same name that is another is refused by its uid, and comes again. */
async function label(client: Client, { pod, role }: RoleChange): Promise<void> {
  const { namespace = '', name, uid } = pod.metadata
  try {
    await client.patch(
      PODS,
      { namespace, name },
      {
        type: 'merge',
        body: { metadata: { uid, labels: { [ROLE_LABEL]: role } } },
      },
    )
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
