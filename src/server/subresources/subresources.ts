import type { Verb } from '../../api/request.ts'
import type { ResourceFacts } from '../../api/schema/table.ts'
import type { Handler } from '../dispatch.ts'
import { bindPod } from './binding.ts'
import { evictPod } from './eviction.ts'
import { getScale, patchScale, putScale } from './scale.ts'
import { requestToken } from './token.ts'

const HANDLERS: Readonly<Record<string, Handler>> = {
  'pods/binding create': bindPod,
  'pods/eviction create': evictPod,
  'serviceaccounts/token create': requestToken,
  '*/scale get': getScale,
  '*/scale update': putScale,
  '*/scale patch': patchScale,
}

/** The handler of one verb of a subresource, by `resource/subresource verb`, or for any resource by `*`. */
export function subresourceHandler(facts: ResourceFacts, subresource: string, verb: Verb): Handler | undefined {
  return HANDLERS[`${facts.ref.resource}/${subresource} ${verb}`] ?? HANDLERS[`*/${subresource} ${verb}`]
}
