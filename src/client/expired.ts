import { ApiError } from '../api/error.ts'

/** HTTP 410: the server has compacted the version that a watch wanted to resume from. */
export function isExpired(thrown: unknown): boolean {
  return thrown instanceof ApiError && (thrown.code === 410 || thrown.reason === 'Expired' || thrown.reason === 'Gone')
}
