import type { MutableObject } from '../../api/kind_rules.ts'
import type { KubeObject } from '../../api/types.ts'
import type { StoredObject } from '../../store/store.ts'
import { modifiedMeanwhile, notFound } from '../api_errors.ts'
import { type Call, resourceNameOf } from '../call.ts'
import { commitRemoval, commitState } from '../commit.ts'
import type { Core } from '../core.ts'
import { isEnding } from '../deletion.ts'
import { isDryRun } from '../http/write_options.ts'
import { COMMIT_ATTEMPTS_MAX } from '../limits.ts'
import { withVersion } from '../metadata.ts'
import { changesNothing } from '../pipeline.ts'
import { storeKey } from '../storage.ts'

/**
 * Changes one part of an object for a subresource that owns it: neither defaults nor the kind's rules
 * run, as nothing else can change. `change` gets the newest state and answers the new one.
 * @throws ApiError 404 when there is no such object
 */
export async function changeDirectly<T extends KubeObject>(
  core: Core,
  call: Call,
  change: (old: T) => MutableObject,
): Promise<KubeObject> {
  const { facts } = call.target
  const name = call.request.name ?? ''
  const key = storeKey(facts, call.request.namespace, name)
  for (let attempt = 0; attempt < COMMIT_ATTEMPTS_MAX; attempt++) {
    const current = core.store.head(key)
    if (current === undefined) throw notFound(resourceNameOf(facts), name)
    const changed = await tryChange(core, call, current, change(current.object as T))
    if (changed !== undefined) return changed
  }
  throw modifiedMeanwhile(resourceNameOf(facts), name)
}

async function tryChange(core: Core, call: Call, current: StoredObject, changed: MutableObject) {
  const old = current.object as KubeObject
  if (isDryRun(call.request.options)) return withVersion(changed, current.revision)
  if (isEnding(changed, old)) {
    const removed = await commitRemoval(core.store, current.key, current)
    return removed === undefined ? undefined : withVersion(changed, current.revision)
  }
  if (changesNothing(changed, old)) {
    await core.store.durable(current.revision)
    return old
  }
  const stored = await commitState(core.store, current.key, current, changed)
  return stored?.object as KubeObject | undefined
}
