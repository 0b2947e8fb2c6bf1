import type { WatchHandle } from '../api/request.ts'
import { badRequest, methodNotAllowed, noSuchResource, qualifiedResource } from './api_errors.ts'
import type { Answer, Call } from './call.ts'
import { answeringWhatIsDurable } from './commit.ts'
import { type Core, rulesFor } from './core.ts'
import { create } from './handlers/create.ts'
import { deleteOne } from './handlers/delete.ts'
import { deleteCollection } from './handlers/delete_collection.ts'
import { getOne } from './handlers/get.ts'
import { list } from './handlers/list.ts'
import { patch } from './handlers/patch.ts'
import { update } from './handlers/update.ts'
import { openWatch, type WatchOutput } from './handlers/watch.ts'
import { subresourceHandler } from './subresources/subresources.ts'
import { virtualHandler } from './virtual.ts'

/** What serves one verb of one resource or subresource. */
export type Handler = (core: Core, call: Call) => Promise<Answer>

const READERS: Partial<Record<string, Handler>> = { get: getOne, list }
const WRITERS: Partial<Record<string, Handler>> = {
  create,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
}

/** Serves an authorized request that is no watch. @throws ApiError */
export async function dispatch(core: Core, call: Call): Promise<Answer> {
  const { verb } = call.request
  const handler = handlerFor(call)
  if (handler === undefined) throw methodNotAllowed()
  if (verb === 'get' || verb === 'delete' || verb === 'patch') checkNameInPath(call)
  if (verb === 'get' || verb === 'list') return handler(core, call)
  return answeringWhatIsDurable(core.store, () => handler(core, call))
}

/** A name that could not be one part of a path is no object's. @throws ApiError 400 */
function checkNameInPath({ request: { name = '' } }: Call): void {
  const faults =
    name === '.' || name === '..' ? [`may not be '${name}'`] : name.includes('%') ? ["may not contain '%'"] : []
  if (faults.length > 0) throw badRequest(`Name parameter invalid: ${JSON.stringify(name)}: ${faults.join(';')}`)
}

function handlerFor(call: Call): Handler | undefined {
  const { verb } = call.request
  const { subresource } = call.target
  if (subresource === undefined) return virtualHandler(call.target.facts, verb) ?? READERS[verb] ?? WRITERS[verb]
  const isWhole = subresource.name === 'status' || rulesFor(call.target.facts).subresources?.[subresource.name]
  if (isWhole) return READERS[verb] ?? WRITERS[verb]
  return subresourceHandler(call.target.facts, subresource.name, verb)
}

/** Opens an authorized watch. @throws ApiError */
export async function dispatchWatch(core: Core, call: Call, output: WatchOutput): Promise<WatchHandle> {
  if (call.target.subresource !== undefined) throw noSuchResource()
  const ended = core.traffic.watching(qualifiedResource(call.target.facts.ref))
  try {
    const handle = await openWatch(core, call, tellingEnd(output, ended))
    const stop = () => {
      ended()
      handle.stop()
    }
    return { stop }
  } catch (error) {
    ended()
    throw error
  }
}

/** The same output; `ended` hears of the end as well. */
function tellingEnd(output: WatchOutput, ended: () => void): WatchOutput {
  return {
    change: (change) => output.change(change),
    caughtUp: () => output.caughtUp?.(),
    closed: (error) => {
      ended()
      output.closed(error)
    },
  }
}
