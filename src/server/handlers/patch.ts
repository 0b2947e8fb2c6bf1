import { ApiError } from '../../api/error.ts'
import type { Answer, Call } from '../call.ts'
import type { Core } from '../core.ts'

/** PATCH: TEMPORARY until the patch library is there. */
export async function patch(_core: Core, _call: Call): Promise<Answer> {
  throw new ApiError({ code: 501, message: 'patches are not served yet' })
}
