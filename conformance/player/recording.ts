import type { Recorder } from './case.ts'
import type { Connection } from './connection.ts'
import type { Normalizer } from './normalize.ts'
import { pick } from './paths.ts'

type SeenEvent = readonly [type: string, object: unknown, uid: string | undefined]

interface WatchLine {
  readonly type: string
  readonly object: {
    readonly metadata?: { readonly uid?: string; readonly annotations?: Readonly<Record<string, string>> }
  }
}

/** A watch that collects events until it is read. */
export interface Recording {
  /** When the last event came. */
  last: number
  /** The events since the last call, as the rules want them compared. */
  take(normalizer: Normalizer, unordered: boolean): (readonly [string, unknown])[]
  stop(): void
}

/** Opens a watch and records it; `rules.show` keeps only these paths of each object. */
export async function record(connection: Connection, path: string, rules: Partial<Recorder>): Promise<Recording> {
  const events: SeenEvent[] = []
  const shown = new Map<string | undefined, string>()
  const { request, response } = await connection.open(
    'GET',
    `${path}${path.includes('?') ? '&' : '?'}watch=true&timeoutSeconds=600`,
  )
  request.setTimeout(0)
  if (response.statusCode !== 200) throw new Error(`watch ${path}: ${response.statusCode}`)
  const recording: Recording = {
    last: Date.now(),
    take: (normalizer, unordered) => {
      const taken = events.splice(0).map(([type, object, uid]): SeenEvent => [type, normalizer.value(object), uid])
      return filtered(taken, rules, shown, unordered)
    },
    stop: () => request.destroy(),
  }
  eachLine(response, (line) => {
    const { type, object } = JSON.parse(line) as WatchLine
    if (isPeriodicBookmark(type, object)) return
    recording.last = Date.now()
    const kept = rules.show ? Object.fromEntries(rules.show.map((field) => [field, pick(object, field)])) : object
    events.push([type, kept, object.metadata?.uid])
  })
  return recording
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = ''
  stream.on('error', () => {})
  stream.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.filter(Boolean)) take(line)
  })
}

/** They come at any time; only the one that ends the initial events is part of an answer. */
const isPeriodicBookmark = (type: string, object: WatchLine['object']) =>
  type === 'BOOKMARK' && !object.metadata?.annotations?.['k8s.io/initial-events-end']

function filtered(
  taken: SeenEvent[],
  rules: Partial<Recorder>,
  shown: Map<string | undefined, string>,
  unordered: boolean,
): (readonly [string, unknown])[] {
  let events = taken
  if (rules.types) events = events.filter(([type]) => rules.types?.includes(type))
  if (rules.last) events = events.filter(([, , uid], at) => !events.slice(at + 1).some((later) => later[2] === uid))
  if (rules.changes) events = events.filter((event) => showsSomethingNew(event, shown))
  let bare = events.map(([type, object]) => [type, object] as const)
  if (rules.distinct)
    bare = bare.filter((event, at) => at === 0 || JSON.stringify(event) !== JSON.stringify(bare[at - 1]))
  if (rules.unordered || unordered) bare.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return bare
}

function showsSomethingNew([type, object, uid]: SeenEvent, shown: Map<string | undefined, string>): boolean {
  const text = JSON.stringify(object)
  const same = type === 'MODIFIED' && shown.get(uid) === text
  shown.set(uid, text)
  return !same
}
