import { ApiError } from '../../api/error.ts'
import type { PatchType } from '../../api/request.ts'
import type { ResourceFacts } from '../../api/schema/table.ts'
import { bodyMediaType } from './negotiation.ts'

const TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** @throws ApiError 415 for a body that is no patch */
export function patchTypeOf(contentType: string | undefined, _facts: ResourceFacts): PatchType {
  const type = TYPES[bodyMediaType(contentType)]
  if (type !== undefined) return type
  throw new ApiError({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} })
}
