import type { Pod } from '../../api/types.ts'
import { INDEX } from './labels.ts'

/** The part of the work that a pod has; undefined if it has none. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** `0,2-4` as numbers, those below `completions` only. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>()
  for (const part of (text ?? '').split(',').filter((one) => one !== '')) {
    const [first = 0, last = first] = part.split('-').map(Number)
    for (let index = first; index <= Math.min(last, completions - 1); index++) indexes.add(index)
  }
  return indexes
}

/** Numbers as `0,2-4`: two in a row are written one by one. */
export function writeIndexes(indexes: Iterable<number>): string {
  const parts: string[] = []
  const sorted = [...indexes].sort((a, b) => a - b)
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at] ?? 0
    let length = 1
    while (sorted[at + length] === first + length) length++
    if (length > 2) parts.push(`${first}-${first + length - 1}`)
    else parts.push(...sorted.slice(at, at + length).map(String))
    at += length
  }
  return parts.join(',')
}
