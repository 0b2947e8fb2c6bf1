import type { Verb } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { Handler } from './dispatch.ts'

/** Resources that nobody stores: reviews, bindings, component statuses. */
export function virtualHandler(_facts: ResourceFacts, _verb: Verb): Handler | undefined {
  return undefined
}
