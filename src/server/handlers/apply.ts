import { ApiError } from '../../api/error.ts'
import type { Answer, Call } from '../call.ts'
import type { Core } from '../core.ts'

/** Server-side apply. */
export async function applyObject(_core: Core, _call: Call): Promise<Answer> {
  throw new ApiError({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} })
}
