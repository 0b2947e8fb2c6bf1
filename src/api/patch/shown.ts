import { isPlainObject } from '../decode/codec.ts'

/** Which members of an object a patch went through; what it only carried along is not in here. */
export interface Touched {
  readonly [key: string]: Touched
}

/** What a merge patch goes through: the objects and the lists of the patch. */
export function touchedByMerge(patch: unknown): Touched {
  if (typeof patch !== 'object' || patch === null) return {}
  const members = Object.entries(patch).filter(([, value]) => typeof value === 'object' && value !== null)
  return Object.fromEntries(members.map(([key, value]) => [key, touchedByMerge(value)]))
}

/** What JSON patch operations go through: everything on their paths but the last step. */
export function touchedByPaths(paths: readonly string[]): Touched {
  const root: Record<string, Touched> = {}
  for (const path of paths) {
    let at = root
    for (const step of path.split('/').slice(1, -1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
      at[key] ??= {}
      at = at[key] as Record<string, Touched>
    }
  }
  return root
}

/** The text of a patched object as upstream shows it: an object that was opened has its keys in order, any other as it was. */
export function shownText(value: unknown, touched: Touched): string {
  return JSON.stringify(ordered(value, touched))
}

function ordered(value: unknown, touched: Touched): unknown {
  if (Array.isArray(value)) return value.map((item, index) => inner(item, touched, String(index)))
  if (!isPlainObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, inner(value[key], touched, key)]))
}

function inner(value: unknown, touched: Touched, key: string): unknown {
  const deeper = Object.hasOwn(touched, key) ? touched[key] : undefined
  return deeper === undefined ? value : ordered(value, deeper)
}
