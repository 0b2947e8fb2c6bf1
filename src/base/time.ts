import type { Millis } from './clock.ts'

/** Most texts are asked for the present second, over and over. */
let lastSecond = Number.NaN
let lastText = ''

/** RFC 3339 in whole seconds, truncated: what Kubernetes' `Time` shows. */
export function toRfc3339(at: Millis): string {
  const second = Math.floor(at / 1000)
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
    lastSecond = second
  }
  return lastText
}

/** RFC 3339 with six digits: what Kubernetes' `MicroTime` shows. */
export function toRfc3339Micro(at: Millis): string {
  const millis = Math.floor(at) - Math.floor(at / 1000) * 1000
  return `${toRfc3339(at).slice(0, -1)}.${String(millis).padStart(3, '0')}000Z`
}

/** The moment of an RFC 3339 text; undefined if it is none. */
export function fromRfc3339(text: string | undefined): Millis | undefined {
  if (text === undefined) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}
