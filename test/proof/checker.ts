/** What a member holds: the ids of its rows, as often as they stand there. */
export interface MemberRows {
  readonly member: string
  readonly ids: readonly number[]
}

/** How the rows of one member differ from what the writer was told. */
export interface MemberFinding {
  readonly member: string
  readonly rows: number
  /** Acknowledged, and not there: the promise is broken. */
  readonly missing: readonly number[]
  /** There more than once: a write was carried out twice. */
  readonly doubled: readonly number[]
  /** There, and never acknowledged: allowed, since an answer may be lost on its way. */
  readonly unacknowledged: readonly number[]
}

/** Lays each member's rows beside the acknowledged ids. */
export function checkRows(acknowledged: readonly number[], members: readonly MemberRows[]): MemberFinding[] {
  const promised = new Set(acknowledged)
  return members.map(({ member, ids }) => {
    const held = new Set<number>()
    const doubled = new Set<number>()
    for (const id of ids) (held.has(id) ? doubled : held).add(id)
    return {
      member,
      rows: ids.length,
      missing: [...promised].filter((id) => !held.has(id)),
      doubled: [...doubled],
      unacknowledged: [...held].filter((id) => !promised.has(id)),
    }
  })
}

export const isKept = (finding: MemberFinding): boolean => finding.missing.length === 0 && finding.doubled.length === 0

/** One line a member, for people. */
export function findingLines(findings: readonly MemberFinding[]): string[] {
  return findings.map(({ member, rows, missing, doubled, unacknowledged }) =>
    [
      `${member}: ${rows} rows`,
      missing.length === 0 ? 'none missing' : `MISSING ${missing.length}: ${ranges(missing)}`,
      doubled.length === 0 ? 'none twice' : `TWICE ${doubled.length}: ${ranges(doubled)}`,
      ...(unacknowledged.length === 0 ? [] : [`${unacknowledged.length} unacknowledged: ${ranges(unacknowledged)}`]),
    ].join(', '),
  )
}

const RANGES_SHOWN_MAX = 10

/** `3-5 9`: what is lost is mostly lost in a row. */
function ranges(ids: readonly number[]): string {
  const found: { from: number; to: number }[] = []
  for (const id of ids.toSorted((one, other) => one - other)) {
    const last = found.at(-1)
    if (last !== undefined && id === last.to + 1) last.to = id
    else found.push({ from: id, to: id })
  }
  const shown = found.slice(0, RANGES_SHOWN_MAX).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
  return [...shown, ...(found.length > RANGES_SHOWN_MAX ? ['…'] : [])].join(' ')
}
