import { notFound, rawServerError } from '../api_errors.ts'
import { type Answer, type Call, objectAnswer, resourceNameOf } from '../call.ts'
import type { Core } from '../core.ts'
import { versionNumber, waitForVersion } from '../read_version.ts'
import { storeKey, viewOf } from '../storage.ts'

/** GET of one object; a resource version asks for a state that is not older. */
export async function getOne(core: Core, call: Call): Promise<Answer> {
  const { facts } = call.target
  const { resourceVersion = '' } = call.request.options
  const wanted = versionNumber(resourceVersion)
  if (wanted === undefined) {
    throw rawServerError(
      `resourceVersion: Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
    )
  }
  await waitForVersion(core, wanted)
  const name = call.request.name ?? ''
  const stored = core.store.get(storeKey(facts, call.request.namespace, name))
  if (stored === undefined) throw notFound(resourceNameOf(facts), name)
  return objectAnswer(200, facts, viewOf(facts, stored))
}
