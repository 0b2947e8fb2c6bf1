import { badRequest, notFound } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { refuseOne, versionNumber, waitForVersion } from '../read_version.ts'
import { storeKey, viewOf } from '../storage.ts'

/** GET of one object; a resource version asks for a state that is not older. */
export async function getOne(core: Core, call: Call): Promise<Answer> {
  const { facts } = call.target
  refuseExport(call.query)
  const { resourceVersion = '' } = call.request.options
  await waitForVersion(core, facts, versionNumber(resourceVersion, refuseOne(facts)))
  const name = call.request.name ?? ''
  const stored = core.store.get(storeKey(facts, call.request.namespace, name))
  if (stored === undefined) throw notFound(resourceNameOf(facts), name)
  return objectAnswer(200, facts, viewOf(facts, stored))
}

/** Older servers could leave out what they had set themselves. */
function refuseExport(query: URLSearchParams | undefined): void {
  const asked = query?.get('export') ?? 'false'
  if (asked === '0' || asked.toLowerCase() === 'false') return
  throw badRequest('the export parameter, deprecated since v1.14, is no longer supported')
}
