import { isConflict, isNotFound } from '../../api/error.ts'
import type { ResourceRef } from '../../api/resource.ts'
import { NAMESPACES, PODS } from '../../api/resources.ts'
import type { Namespace } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import type { Client } from '../../client/client.ts'
import { again, type Controller, type ControllerDeps, done, type Outcome, watchRule } from '../runtime/controller.ts'
import { deletionConditions } from './conditions.ts'
import { type Contents, deleteContents, listContents, wavesOf } from './contents.ts'
import { NAMESPACE_RECHECK_LONGEST_MS, NAMESPACE_RECHECK_PART, NAMESPACE_RECHECK_SHORTEST_MS } from './limits.ts'

/** The finalizer, in the spec, by which a namespace waits for its contents. */
const NAMESPACE_FINALIZER = 'kubernetes'

export interface NamespaceView {
  readonly namespace: Namespace
  /** Every resource whose objects may stand in the namespace. */
  readonly resources: readonly ResourceRef[]
  readonly now: Millis
}

export type NamespacePlan =
  | { readonly action: 'none' }
  /** Empty the namespace wave by wave; let it go if nothing is left, else say what is. */
  | { readonly action: 'empty'; readonly waves: readonly (readonly ResourceRef[])[] }

/** What to do about a namespace. Pure. */
export function decideNamespace({ namespace, resources }: NamespaceView): NamespacePlan {
  const ends = namespace.metadata.deletionTimestamp !== undefined
  if (!ends || !(namespace.spec?.finalizers ?? []).includes(NAMESPACE_FINALIZER)) return { action: 'none' }
  return { action: 'empty', waves: wavesOf(resources) }
}

/**
 * Empties namespaces that are being deleted, pods first, and lets them go when the server itself
 * shows nothing in them any more. `resources` is asked each time, so that new kinds are seen.
 */
export function createNamespaceController(
  deps: ControllerDeps,
  options: { readonly resources: () => readonly ResourceRef[] },
): Controller<NamespaceView, NamespacePlan> {
  const namespaces = deps.informers.of(NAMESPACES)
  const isTerminating = (name: string) => namespaces.get(name)?.metadata.deletionTimestamp !== undefined
  return {
    name: 'namespace',
    watches: [
      watchRule(NAMESPACES, (change) => [change.key]),
      watchRule(PODS, ({ previous, current }) => {
        const name = previous?.metadata.namespace ?? ''
        return current === undefined && isTerminating(name) ? [name] : []
      }),
    ],
    view(key) {
      const namespace = namespaces.get(key)
      return namespace && { namespace, resources: options.resources(), now: deps.clock.now() }
    },
    decide: decideNamespace,
    apply: async (plan, view, client) => (plan.action === 'none' ? done : empty(client, plan.waves, view)),
  }
}

async function empty(
  client: Client,
  waves: readonly (readonly ResourceRef[])[],
  view: NamespaceView,
): Promise<Outcome> {
  let left: Contents = { found: [], failures: [] }
  for (const wave of waves) {
    left = await emptyWave(client, view.namespace.metadata.name, wave)
    if (left.found.length > 0 || left.failures.length > 0) break
  }
  if (left.found.length === 0 && left.failures.length === 0) return finalize(client, view.namespace)
  await tell(client, view, left)
  return again(recheckAfterMs(view))
}

/** Contents that have been held for long are not looked at often. */
export function recheckAfterMs({ namespace, now }: Pick<NamespaceView, 'namespace' | 'now'>): Millis {
  const endingMs = now - (fromRfc3339(namespace.metadata.deletionTimestamp) ?? now)
  const wanted = endingMs * NAMESPACE_RECHECK_PART
  return Math.min(Math.max(wanted, NAMESPACE_RECHECK_SHORTEST_MS), NAMESPACE_RECHECK_LONGEST_MS)
}

/** Deletes what is there and answers what is still there afterwards. */
async function emptyWave(client: Client, namespace: string, wave: readonly ResourceRef[]): Promise<Contents> {
  const before = await listContents(client, namespace, wave)
  if (before.found.length === 0) return before
  const failures = await deleteContents(client, before)
  const after = await listContents(
    client,
    namespace,
    before.found.map((content) => content.resource),
  )
  return { found: after.found, failures: [...before.failures, ...failures, ...after.failures] }
}

async function tell(client: Client, { namespace, now }: NamespaceView, left: Contents): Promise<void> {
  const old = namespace.status?.conditions ?? []
  const conditions = deletionConditions(old, left, now)
  if (JSON.stringify(old.map(essence)) === JSON.stringify(conditions.map(essence))) return
  await unlessOvertaken(
    client.updateStatus(NAMESPACES, {
      ...namespace,
      status: { ...namespace.status, phase: 'Terminating', conditions },
    }),
  )
}

const essence = ({
  type,
  status,
  reason,
  message,
}: NonNullable<NonNullable<Namespace['status']>['conditions']>[number]) => [type, status, reason, message]

/** The last step: without its finalizer the server removes the namespace. */
async function finalize(client: Client, namespace: Namespace): Promise<Outcome> {
  const { name, uid } = namespace.metadata
  const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== NAMESPACE_FINALIZER)
  const body = { metadata: { uid }, spec: { finalizers } }
  await unlessOvertaken(
    client.patch(NAMESPACES, { namespace: '', name }, { type: 'merge', body, subresource: 'finalize' }),
  )
  return done
}

/** Somebody else was quicker: the next look decides on what is there then. */
async function unlessOvertaken(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error
  }
}
