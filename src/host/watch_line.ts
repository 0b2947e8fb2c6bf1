import { ApiError, type Status } from '../api/error.ts'
import type { WatchEvent } from '../api/request.ts'

/** One line of a watch: an event, or the error with which the server ends it. */
export function readWatchEvent(line: string): WatchEvent | ApiError {
  const event = JSON.parse(line) as { readonly type?: string; readonly object?: object }
  if (event.type === 'ERROR') return ApiError.fromStatus((event.object ?? {}) as Partial<Status>, 500)
  if (event.type === undefined || event.object === undefined) throw new Error('a line of the watch is no event')
  return event as WatchEvent
}
