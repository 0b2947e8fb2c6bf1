const CONTEXT_LINES = 3
/** From this length on, lines that make up more than a hundredth of the text do not anchor a match. */
const POPULAR_FROM_LINES = 200

interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

type Tag = 'equal' | 'change'
/** A stretch of both texts: lines `a1..a2` of the first stand where `b1..b2` of the second do. */
interface Opcode {
  readonly tag: Tag
  readonly a1: number
  readonly a2: number
  readonly b1: number
  readonly b2: number
}

/** The hunks of a unified diff, each line ended; '' when the texts are equal. The algorithm is Python's difflib. */
export function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  const opcodes = opcodesOf(matchingBlocks(a, b))
  if (opcodes.every((code) => code.tag === 'equal')) return ''
  return groupsOf(opcodes)
    .flatMap((group) => hunk(group, a, b))
    .map((line) => `${line}\n`)
    .join('')
}

function hunk(group: readonly Opcode[], a: readonly string[], b: readonly string[]): string[] {
  const [first, last] = [group[0], group.at(-1)]
  if (first === undefined || last === undefined) return []
  const header = `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@`
  const lines = group.flatMap(({ tag, a1, a2, b1, b2 }) =>
    tag === 'equal'
      ? a.slice(a1, a2).map((line) => ` ${line}`)
      : [...a.slice(a1, a2).map((line) => `-${line}`), ...b.slice(b1, b2).map((line) => `+${line}`)],
  )
  return [header, ...lines]
}

function range(start: number, end: number): string {
  const length = end - start
  if (length === 1) return `${start + 1}`
  return `${length === 0 ? start : start + 1},${length}`
}

function opcodesOf(blocks: readonly Block[]): Opcode[] {
  const codes: Opcode[] = []
  let [i, j] = [0, 0]
  for (const { a, b, size } of blocks) {
    if (i < a || j < b) codes.push({ tag: 'change', a1: i, a2: a, b1: j, b2: b })
    if (size > 0) codes.push({ tag: 'equal', a1: a, a2: a + size, b1: b, b2: b + size })
    i = a + size
    j = b + size
  }
  return codes
}

/** Cuts long equal stretches, so that each group is a change with its context. */
function groupsOf(opcodes: readonly Opcode[]): Opcode[][] {
  const codes = opcodes.map((code, index) => trimmed(code, index === 0, index === opcodes.length - 1))
  const groups: Opcode[][] = []
  let group: Opcode[] = []
  for (const code of codes) {
    if (code.tag === 'equal' && code.a2 - code.a1 > 2 * CONTEXT_LINES) {
      group.push({ ...code, a2: code.a1 + CONTEXT_LINES, b2: code.b1 + CONTEXT_LINES })
      groups.push(group)
      group = [{ ...code, a1: code.a2 - CONTEXT_LINES, b1: code.b2 - CONTEXT_LINES }]
    } else group.push(code)
  }
  groups.push(group)
  return groups.filter((each) => each.some((code) => code.tag === 'change'))
}

function trimmed(code: Opcode, first: boolean, last: boolean): Opcode {
  if (code.tag !== 'equal') return code
  const start = first ? Math.max(code.a1, code.a2 - CONTEXT_LINES) - code.a1 : 0
  const cut = { ...code, a1: code.a1 + start, b1: code.b1 + start }
  const end = last ? cut.a2 - Math.min(cut.a2, cut.a1 + CONTEXT_LINES) : 0
  return { ...cut, a2: cut.a2 - end, b2: cut.b2 - end }
}

/** All stretches that both texts share, in order and joined where they touch, closed by an empty one. */
function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const places = placesOf(b)
  const found: Block[] = []
  const search = (a1: number, a2: number, b1: number, b2: number): void => {
    const match = longestMatch({ a, b, places, a1, a2, b1, b2 })
    if (match.size === 0) return
    if (a1 < match.a && b1 < match.b) search(a1, match.a, b1, match.b)
    found.push(match)
    if (match.a + match.size < a2 && match.b + match.size < b2)
      search(match.a + match.size, a2, match.b + match.size, b2)
  }
  search(0, a.length, 0, b.length)
  return [...joined(found), { a: a.length, b: b.length, size: 0 }]
}

function joined(blocks: readonly Block[]): Block[] {
  const result: Block[] = []
  for (const block of blocks) {
    const last = result.at(-1)
    if (last !== undefined && last.a + last.size === block.a && last.b + last.size === block.b) {
      result[result.length - 1] = { ...last, size: last.size + block.size }
    } else result.push(block)
  }
  return result
}

/** Where each line of the second text stands, without the popular ones. */
function placesOf(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [index, line] of b.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [index])
    else known.push(index)
  }
  if (b.length < POPULAR_FROM_LINES) return places
  const popular = Math.floor(b.length / 100) + 1
  for (const [line, indices] of places) if (indices.length > popular) places.delete(line)
  return places
}

interface Search {
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly places: ReadonlyMap<string, readonly number[]>
  readonly a1: number
  readonly a2: number
  readonly b1: number
  readonly b2: number
}

function longestMatch(search: Search): Block {
  const { a, places, a1, a2, b1, b2 } = search
  let best: Block = { a: a1, b: b1, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = a1; i < a2; i++) {
    const next = new Map<number, number>()
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < b1) continue
      if (j >= b2) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  return extended(best, search)
}

/** Popular lines do not start a match, but they lengthen one. */
function extended(block: Block, { a, b, a1, a2, b1, b2 }: Search): Block {
  let { a: i, b: j, size } = block
  while (i > a1 && j > b1 && a[i - 1] === b[j - 1]) {
    i--
    j--
    size++
  }
  while (i + size < a2 && j + size < b2 && a[i + size] === b[j + size]) size++
  return { a: i, b: j, size }
}
