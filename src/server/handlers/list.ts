import type { RequestOptions } from '../../api/request.ts'
import type { ListMeta } from '../../api/table_output.ts'
import { CompactedError, type ListResult, type StoredObject } from '../../store/store.ts'
import { badRequest } from '../api_errors.ts'
import type { Answer, Call } from '../call.ts'
import type { Core } from '../core.ts'
import { type ContinueToken, decodeContinue, encodeContinue } from '../http/continue_token.ts'
import { INTERNAL_PAGE_SIZE } from '../limits.ts'
import { refuseList, tooOld, versionNumber, waitForVersion } from '../read_version.ts'
import { type Selection, selectionOf } from '../selection.ts'
import { storeRange, viewOf } from '../storage.ts'

/** One page of a list. */
export interface Page {
  readonly revision: number
  readonly items: readonly StoredObject[]
  /** Behind which key the next page begins; undefined: this is the last one. */
  readonly next: ContinueToken | undefined
  /** How many objects come after this page; unknown when a selector chooses among them. */
  readonly remaining: number | undefined
}

/** GET of a collection. */
export async function list(core: Core, call: Call): Promise<Answer> {
  const page = await listPage(core, call)
  const { facts } = call.target
  return {
    code: 200,
    body: { type: 'list', facts, metadata: listMeta(page), items: page.items.map((item) => viewOf(facts, item)) },
  }
}

/** What a list says of itself. */
export function listMeta({ revision, next, remaining }: Page): ListMeta {
  return {
    resourceVersion: String(revision),
    ...(next === undefined ? {} : { continue: encodeContinue(next) }),
    ...(next === undefined || remaining === undefined ? {} : { remainingItemCount: remaining }),
  }
}

/** Reads the page that the request's options ask for. @throws ApiError 400, 410, 422, 504 */
export async function listPage(core: Core, call: Call): Promise<Page> {
  const { options } = call.request
  const { facts } = call.target
  const selection = selectionOf(facts, options)
  const { resourceVersion = '' } = options
  const token = options.continue ? decodeContinue(options.continue) : undefined
  if (token !== undefined && resourceVersion !== '' && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
  const wanted = versionNumber(resourceVersion, refuseList)
  await waitForVersion(core, facts, wanted)
  return readPage(core, call, selection, {
    at: token === undefined ? exactVersion(options, wanted) : pageVersion(token),
    after: token,
    limit: resourceVersion === '0' ? 0 : Math.max(0, options.limit ?? 0),
  })
}

/** The one version that a list asks for; pages of a version without further words are of that version. */
function exactVersion({ resourceVersionMatch, limit = 0 }: RequestOptions, wanted: number): number | undefined {
  const isExact = resourceVersionMatch === 'Exact' || (!resourceVersionMatch && limit > 0)
  return isExact && wanted > 0 ? wanted : undefined
}

/** A token that was made for a list which had got too old goes on with what there is now. */
const pageVersion = ({ revision }: ContinueToken): number | undefined => (revision < 0 ? undefined : revision)

interface PageQuery {
  readonly at: number | undefined
  readonly after: ContinueToken | undefined
  /** 0: no limit. */
  readonly limit: number
}

async function readPage(core: Core, call: Call, selection: Selection, query: PageQuery): Promise<Page> {
  const single = singleObject(core, call, selection, query)
  if (single !== undefined) return single
  const found: StoredObject[] = []
  let after: { namespace: string; name: string } | undefined = query.after
  let at = query.at
  for (;;) {
    const limit =
      query.limit === 0 ? undefined : selection.all ? query.limit : Math.max(query.limit, INTERNAL_PAGE_SIZE)
    const part = await readStore(core, call, { at, after, limit })
    at = part.revision
    for (const [index, item] of part.items.entries()) {
      if (!selection.all && !selection.matches(viewOf(call.target.facts, item).object)) continue
      found.push(item)
      if (found.length < query.limit || query.limit === 0) continue
      const remaining = part.remaining + part.items.length - index - 1
      return pageOf(part.revision, found, remaining, selection)
    }
    const last = part.items.at(-1)
    if (part.remaining === 0 || last === undefined) return pageOf(part.revision, found, 0, selection)
    after = last.key
  }
}

function pageOf(revision: number, items: readonly StoredObject[], remaining: number, selection: Selection): Page {
  const last = items.at(-1)
  if (remaining === 0 || last === undefined) return { revision, items, next: undefined, remaining: 0 }
  const { namespace, name } = last.key
  return { revision, items, next: { revision, namespace, name }, remaining: selection.all ? remaining : undefined }
}

/** A selector for one name needs no scan. */
function singleObject(core: Core, call: Call, selection: Selection, query: PageQuery): Page | undefined {
  const { facts } = call.target
  if (selection.name === undefined || query.at !== undefined || query.after !== undefined) return undefined
  if (facts.ref.namespaced && call.request.namespace === undefined) return undefined
  const range = storeRange(facts, call.request.namespace)
  const item = core.store.get({ resource: range.resource, namespace: range.namespace ?? '', name: selection.name })
  const items = item !== undefined && selection.matches(viewOf(facts, item).object) ? [item] : []
  return { revision: core.store.revision, items, next: undefined, remaining: 0 }
}

interface StoreQuery {
  readonly at: number | undefined
  readonly after: { namespace: string; name: string } | undefined
  readonly limit: number | undefined
}

async function readStore(core: Core, call: Call, { at, after, limit }: StoreQuery): Promise<ListResult> {
  const range = storeRange(call.target.facts, call.request.namespace)
  const options = {
    ...(at === undefined ? {} : { at }),
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  }
  try {
    return await core.store.list(range, options)
  } catch (thrown) {
    if (!(thrown instanceof CompactedError)) throw thrown
    if (after === undefined) throw tooOld('The resourceVersion for the provided list is too old.')
    throw tooOld(CONTINUE_EXPIRED, encodeContinue({ ...after, revision: -1 }))
  }
}

const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'
