import type { MutableObject } from '../api/kind_rules.ts'
import type { ApiRequest, UserInfo } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { ListMeta } from '../api/table_output.ts'
import type { KubeObject } from '../api/types.ts'
import type { JsonText } from '../base/chunks.ts'
import type { ResourceName } from './api_errors.ts'

import type { Target } from './http/router.ts'

/** The body of a request, not yet decoded: bytes over HTTP, a value in the same process. */
export type RequestBody =
  | { readonly type: 'none' }
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array; readonly mediaType: string }

/** The draft that a client sent, with all of its empty lists and maps, or with those that an encoder would write. */
export type HollowDraft = (empties: 'kept' | 'encoded') => MutableObject

/** One authorized request to one resource. */
export interface Call {
  readonly user: UserInfo
  readonly request: ApiRequest
  readonly target: Target
  readonly body: RequestBody
  /** Texts for `Warning` headers; handlers add to them. */
  readonly warnings: string[]
  /** Who is named as the writer when the request does not say: from the user agent. */
  readonly defaultManager: string
  /** The draft anew with its empty lists and maps, if it has any: they are as good as none but where they are shown. */
  hollowDraft?: HollowDraft | undefined
  /** The whole query, for subresources that have parameters of their own. */
  readonly query?: URLSearchParams
}

/** An object with its JSON, if that exists already. */
export interface View {
  readonly object: KubeObject
  readonly bytes: JsonText | undefined
}

/** What a handler answers; how it is written is decided afterwards. */
export type AnswerBody =
  | { readonly type: 'object'; readonly view: View; readonly facts: ResourceFacts }
  | {
      readonly type: 'list'
      readonly facts: ResourceFacts
      readonly metadata: ListMeta
      readonly items: readonly View[]
    }
  /** A Status, a Scale, a review: an object of another kind than the resource's. */
  | { readonly type: 'plain'; readonly object: object }

export interface Answer {
  readonly code: number
  readonly body: AnswerBody
}

export const resourceNameOf = (facts: ResourceFacts): ResourceName => ({
  group: facts.ref.group,
  resource: facts.ref.resource,
})

export const plainAnswer = (code: number, object: object): Answer => ({ code, body: { type: 'plain', object } })

export function objectAnswer(code: number, facts: ResourceFacts, view: View): Answer {
  return { code, body: { type: 'object', view, facts } }
}
