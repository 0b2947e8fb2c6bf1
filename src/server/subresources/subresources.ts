import type { Verb } from '../../api/request.ts'
import type { ResourceFacts } from '../../api/schema/table.ts'
import type { Handler } from '../dispatch.ts'

const HANDLERS: Readonly<Record<string, Handler>> = {}

/** The handler of one verb of a subresource, by `resource/subresource verb`, or for any resource by `*`. */
export function subresourceHandler(facts: ResourceFacts, subresource: string, verb: Verb): Handler | undefined {
  return HANDLERS[`${facts.ref.resource}/${subresource} ${verb}`] ?? HANDLERS[`*/${subresource} ${verb}`]
}
