import { ApiError } from '../api/error.ts'
import type { MutableObject } from '../api/kind_rules.ts'
import type { KubeObject } from '../api/types.ts'
import type { Revision, Store, StoredObject, StoreKey } from '../store/store.ts'
import { withVersion } from './metadata.ts'

/** Writes a state if the key is still as `expected`; undefined when somebody else was quicker. */
export async function commitState(
  store: Store,
  key: StoreKey,
  expected: StoredObject | undefined,
  object: MutableObject | KubeObject,
): Promise<StoredObject | undefined> {
  const outcome = await store.commit({
    key,
    expect: expected?.revision ?? 0,
    type: 'put',
    make: (revision) => withVersion(object, revision),
  })
  return outcome.outcome === 'committed' ? outcome.stored : undefined
}

/** Removes what is `expected` under the key; undefined when somebody else was quicker. */
export async function commitRemoval(
  store: Store,
  key: StoreKey,
  expected: StoredObject,
): Promise<StoredObject | undefined> {
  const outcome = await store.commit({
    key,
    expect: expected.revision,
    type: 'delete',
    make: (revision) => withVersion(expected.object as KubeObject, revision),
    text: textWithVersion,
  })
  return outcome.outcome === 'committed' ? outcome.stored : undefined
}

/** Only the version differs. It stands in the metadata, before anything that could hold the same words; texts would escape the quotes. */
const textWithVersion = (revision: Revision, { text, revision: last }: StoredObject): string =>
  text.replace(`"resourceVersion":"${last}"`, `"resourceVersion":"${revision}"`)

/**
 * Runs the computation of a write. A refusal may rest on a state that is not durable yet: nobody
 * may learn of it before it is.
 */
export async function answeringWhatIsDurable<T>(store: Store, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof ApiError) await store.durable(store.headRevision)
    throw thrown
  }
}
