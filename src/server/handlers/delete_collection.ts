import { isNotFound } from '../../api/error.ts'
import type { Answer, Call } from '../call.ts'
import type { Core } from '../core.ts'
import { deletionOptionsOf } from '../delete_options.ts'
import { viewOf } from '../storage.ts'
import { deleteNamed } from './delete.ts'
import { listPage } from './list.ts'

/** DELETE of a collection: answers the list as it was before. */
export async function deleteCollection(core: Core, call: Call): Promise<Answer> {
  const options = await deletionOptionsOf(call)
  const page = await listPage(core, call)
  const { facts } = call.target
  for (const { key } of page.items) {
    const one: Call = { ...call, request: { ...call.request, namespace: key.namespace, name: key.name } }
    await deleteNamed(core, one, key.name, options).catch(ignoreGone)
  }
  const metadata = { resourceVersion: String(page.revision) }
  return { code: 200, body: { type: 'list', facts, metadata, items: page.items.map((item) => viewOf(facts, item)) } }
}

/** Somebody else was quicker: that is what was wanted. */
function ignoreGone(thrown: unknown): undefined {
  if (!isNotFound(thrown)) throw thrown
  return undefined
}
