/** How many indexes a text names, or what is wrong with it. */
export interface Indexes {
  readonly total: number
  readonly fault?: string
}

class IndexFault extends Error {}

/** `0-2,5` names four of the indexes below `completions`. */
export function indexesOf(text: string, completions: number): Indexes {
  if (text === '') return { total: 0 }
  try {
    let [total, last] = [0, -1]
    for (const interval of text.split(',')) {
      const [from, to] = intervalOf(interval, completions)
      if (last >= from) throw new IndexFault(`non-increasing order, previous: ${last}, current: ${from}`)
      total += to - from + 1
      last = to
    }
    return { total }
  } catch (error) {
    if (error instanceof IndexFault) return { total: 0, fault: error.message }
    throw error
  }
}

function intervalOf(text: string, completions: number): readonly [number, number] {
  const [first = '', second, ...rest] = text.split('-')
  if (rest.length > 0) {
    const rule = "violates the requirement that an index interval can have at most two parts separated by '-'"
    throw new IndexFault(`the fragment ${JSON.stringify(text)} ${rule}`)
  }
  const from = indexOf(first, completions)
  if (second === undefined) return [from, from]
  const to = indexOf(second, completions)
  if (from >= to) throw new IndexFault(`non-increasing order, previous: ${from}, current: ${to}`)
  return [from, to]
}

function indexOf(text: string, completions: number): number {
  const shown = JSON.stringify(text)
  if (!/^\+?[0-9]+$/.test(text)) throw new IndexFault(`cannot convert string to integer for index: ${shown}`)
  const index = Number(text)
  if (index >= completions) throw new IndexFault(`too large index: ${shown}`)
  return index
}
