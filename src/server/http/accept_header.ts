import { BoundedMap } from '../../base/bounded_map.ts'

/** One entry of an Accept header. */
export interface Clause {
  readonly type: string
  readonly subtype: string
  readonly params: ReadonlyMap<string, string>
  readonly quality: number
}

/**
 * The entries of an Accept header, the best liked first. What upstream's parser overlooks is overlooked here too: `q=0`
 * only goes last, an entry without a slash counts when it is `*`, upper case is another word.
 */
export function parseAccept(header: string): readonly Clause[] {
  const known = parsed.get(header)
  if (known !== undefined) return known
  const clauses: Clause[] = []
  for (const part of header.split(',')) {
    const clause = clauseOf(part)
    if (clause !== undefined) insert(clauses, clause)
  }
  if (header.length <= KEPT_CHARS_MAX) parsed.set(header, clauses)
  return clauses
}

/** Clients say the same thing with every request; long headers are nobody's habit. */
const KEPT_CHARS_MAX = 300
const parsed = new BoundedMap<string, readonly Clause[]>(100)

const trimmed = (text: string): string => text.replace(/^ +| +$/g, '')

function clauseOf(part: string): Clause | undefined {
  const [range = '', ...rest] = trimmed(part).split(';')
  const [type = '', subtype, ...more] = range.split('/').map(trimmed)
  if (more.length > 0 && more.join('/') !== '') return undefined
  if ((subtype === undefined || subtype === '') && type !== '*') return undefined
  const params = new Map<string, string>()
  let quality = 1
  for (const text of rest) {
    const [name = '', value = '', ...others] = text.split('=')
    if (value === '' || (others.length > 0 && others.join('=') !== '')) continue
    if (trimmed(name) === 'q') quality = Number(value) || 0
    else params.set(trimmed(name), trimmed(value))
  }
  return { type, subtype: subtype || '*', params, quality }
}

/** Puts a clause before all at the end that it comes before. The order is not transitive, so how it is sorted matters. */
function insert(clauses: Clause[], clause: Clause): void {
  let at = clauses.length
  while (at > 0 && comesBefore(clause, clauses[at - 1] as Clause)) at--
  clauses.splice(at, 0, clause)
}

const comesBefore = (one: Clause, other: Clause): boolean =>
  one.quality > other.quality ||
  (one.type !== '*' && other.type === '*') ||
  (one.subtype !== '*' && other.subtype === '*')

/** Whether a clause takes a media type, given as `type/subtype`. */
export function takes({ type, subtype }: Clause, mediaType: string): boolean {
  if (type === '*' && subtype === '*') return true
  return mediaType === `${type}/${subtype}` || (subtype === '*' && mediaType.startsWith(`${type}/`))
}

/** Whether a path that produces these types answers at all: looked at before anything else, and only by whole types. */
export function acceptsAny(header: string | undefined, produced: readonly string[]): boolean {
  if (header === undefined || header === '') return true
  return header.split(',').some((part) => {
    const type = trimmed(part.split(';')[0] ?? '')
    return type === '*/*' || produced.includes(type) || produced.includes('*/*')
  })
}
