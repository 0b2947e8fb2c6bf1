import { isNotFound } from '../../api/error.ts'
import type { Answer, Call } from '../call.ts'
import type { Core } from '../core.ts'
import { deletionOptionsOf } from '../http/delete_options.ts'
import { selectionOf } from '../selection.ts'
import { viewOf } from '../storage.ts'
import { adviseOnDependents, deleteNamed } from './delete.ts'
import { listMeta, listPage } from './list.ts'

/** DELETE of a collection: answers the list as it was before. */
export async function deleteCollection(core: Core, call: Call): Promise<Answer> {
  const { facts } = call.target
  selectionOf(facts, call.request.options)
  const options = await deletionOptionsOf(call)
  adviseOnDependents(call, options)
  const page = await listPage(core, call)
  for (const { key } of page.items) {
    const one: Call = { ...call, request: { ...call.request, namespace: key.namespace, name: key.name } }
    await deleteNamed(core, one, key.name, options).catch(ignoreGone)
  }
  return {
    code: 200,
    body: { type: 'list', facts, metadata: listMeta(page), items: page.items.map((item) => viewOf(facts, item)) },
  }
}

/** Somebody else was quicker: that is what was wanted. */
function ignoreGone(thrown: unknown): undefined {
  if (!isNotFound(thrown)) throw thrown
  return undefined
}
