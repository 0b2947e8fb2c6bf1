import { decodeObject } from '../../api/decode.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { type ResourceFacts, resourceFacts } from '../../api/schema/table.ts'
import { assert } from '../../base/assert.ts'
import { MASTERS } from '../access/authorization.ts'
import { commitState } from '../commit.ts'
import { type Core, ruleContext } from '../core.ts'
import { setSystemFields } from '../metadata.ts'
import { storeKey } from '../storage.ts'

export type ResourceTriple = readonly [group: string, version: string, resource: string]

/** One of the objects that every cluster has. */
export interface Bootstrapped {
  readonly resource: ResourceTriple
  readonly draft: {
    readonly metadata: { readonly name: string; readonly namespace?: string }
    readonly [field: string]: unknown
  }
}

/** Who the server is when it acts on its own. */
export const SERVER_USER = { name: 'system:apiserver', groups: [MASTERS, 'system:authenticated'] }

export function factsOf([group, version, resource]: ResourceTriple): ResourceFacts {
  const facts = resourceFacts(group, version, resource)
  assert(facts !== undefined, `the table has no ${resource}.${group}/${version}`)
  return facts
}

/**
 * Stores one of the server's own objects without asking anybody: roles have to be there before rights are checked. One that is
 * there stays as somebody may have changed it.
 */
export async function ensureAsItIs(core: Core, { resource, draft }: Bootstrapped): Promise<void> {
  const facts = factsOf(resource)
  const { name, namespace } = draft.metadata
  const key = storeKey(facts, namespace, name)
  if (core.store.head(key) !== undefined) return
  const typed = { kind: facts.ref.kind, apiVersion: apiVersionOf(facts.ref), ...draft }
  const { object } = decodeObject(facts.typeName, typed)
  setSystemFields(object, ruleContext(core, SERVER_USER))
  await commitState(core.store, key, undefined, object)
}
