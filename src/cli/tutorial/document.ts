import { UserError } from '../../main/options.ts'

/**
 * An executable document: Markdown in which these fenced blocks act, in order. Words behind the
 * language are settings of the block, `name` or `name=value`.
 *
 * - ```` ```yaml file=web.yaml ```` saves the block under that name in the reader's folder.
 * - ```` ```shell ```` runs the block in the main terminal. `tty`: on a terminal of its own, as
 *   `-it` needs; `retry=60`: repeats it until the output matches, for so many seconds; `exit=1`: it
 *   must end with that code; `timeout=120`: seconds that it may take; `terminal=watch`: types it
 *   into a second terminal and goes on; `capture=node`: keeps what it printed as `$node` for later blocks.
 * - ```` ```output ```` is what the block above prints. `contains`: these lines in this order, others
 *   between them; `unordered`; `terminal=watch within=60`: what the second terminal shows from here on.
 * - ```` ```input terminal=watch ```` types lines into what runs there; `^C` and `^D` are keys.
 */
export interface TutorialDocument {
  readonly title: string
  readonly steps: readonly TutorialStep[]
}

export type TutorialStep =
  | { readonly kind: 'section'; readonly title: string }
  | { readonly kind: 'file'; readonly path: string; readonly content: string; readonly line: number }
  | RunStep
  | { readonly kind: 'input'; readonly terminal: string; readonly text: string; readonly line: number }
  | {
      readonly kind: 'seen'
      readonly terminal: string
      readonly withinSeconds: number
      readonly expected: Expected
      readonly line: number
    }

export interface RunStep {
  readonly kind: 'run'
  readonly script: string
  /** The line of the document, for messages. */
  readonly line: number
  readonly terminal: string | undefined
  readonly tty: boolean
  readonly retrySeconds: number
  readonly timeoutSeconds: number
  readonly exit: number
  readonly capture: string | undefined
  readonly expected: Expected | undefined
}

export interface Expected {
  readonly lines: readonly string[]
  readonly mode: 'exact' | 'contains' | 'unordered'
}

interface Fence {
  readonly language: string
  readonly settings: ReadonlyMap<string, string>
  readonly text: string
  readonly line: number
}

const TIMEOUT_SECONDS = 120
const WITHIN_SECONDS = 60
const KNOWN_SETTINGS = [
  'file',
  'tty',
  'retry',
  'exit',
  'timeout',
  'terminal',
  'capture',
  'contains',
  'unordered',
  'within',
]

/** @throws UserError that names the line of what is not understood */
export function parseTutorial(markdown: string, name: string): TutorialDocument {
  const steps: TutorialStep[] = []
  let title = name
  for (const part of partsOf(markdown)) {
    if ('heading' in part) {
      if (part.level === 1) title = part.heading
      else steps.push({ kind: 'section', title: part.heading })
    } else {
      addFence(steps, part, name)
    }
  }
  return { title, steps }
}

function addFence(steps: TutorialStep[], fence: Fence, name: string): void {
  const unknown = [...fence.settings.keys()].find((key) => !KNOWN_SETTINGS.includes(key))
  if (unknown !== undefined) throw new UserError(`${name}:${fence.line}: "${unknown}" is no setting of a block`)
  const terminal = fence.settings.get('terminal')
  if (fence.language === 'yaml' && fence.settings.has('file')) {
    steps.push({ kind: 'file', path: fence.settings.get('file') ?? '', content: `${fence.text}\n`, line: fence.line })
  } else if (fence.language === 'shell') {
    steps.push(runStep(fence))
  } else if (fence.language === 'input' && terminal !== undefined) {
    steps.push({ kind: 'input', terminal, text: fence.text, line: fence.line })
  } else if (fence.language === 'output' && terminal !== undefined) {
    const withinSeconds = Number(fence.settings.get('within') ?? WITHIN_SECONDS)
    steps.push({
      kind: 'seen',
      terminal,
      withinSeconds,
      expected: { ...expectedOf(fence), mode: 'contains' },
      line: fence.line,
    })
  } else if (fence.language === 'output') {
    const last = steps.at(-1)
    if (last?.kind !== 'run')
      throw new UserError(`${name}:${fence.line}: an output block must stand behind a shell block`)
    steps[steps.length - 1] = { ...last, expected: expectedOf(fence) }
  }
}

function runStep(fence: Fence): RunStep {
  return {
    kind: 'run',
    script: fence.text,
    line: fence.line,
    terminal: fence.settings.get('terminal'),
    tty: fence.settings.has('tty'),
    retrySeconds: Number(fence.settings.get('retry') ?? 0),
    timeoutSeconds: Number(fence.settings.get('timeout') ?? TIMEOUT_SECONDS),
    exit: Number(fence.settings.get('exit') ?? 0),
    capture: fence.settings.get('capture'),
    expected: undefined,
  }
}

function expectedOf(fence: Fence): Expected {
  const mode = fence.settings.has('contains') ? 'contains' : fence.settings.has('unordered') ? 'unordered' : 'exact'
  return { lines: fence.text.split('\n'), mode }
}

type Part = Fence | { readonly heading: string; readonly level: number }

/** Headings and fenced blocks; a block inside a list item loses the item's indentation, but nothing else. */
function partsOf(markdown: string): Part[] {
  const parts: Part[] = []
  let open:
    | { indent: string; language: string; settings: Map<string, string>; lines: string[]; line: number }
    | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line)
    if (open === undefined && fence !== null) {
      const [language = '', ...settings] = (fence[2] ?? '').trim().split(/\s+/)
      open = {
        indent: fence[1] ?? '',
        language,
        settings: new Map(settings.map(settingOf)),
        lines: [],
        line: index + 1,
      }
    } else if (open !== undefined && fence !== null && fence[2] === '') {
      parts.push({ language: open.language, settings: open.settings, text: open.lines.join('\n'), line: open.line })
      open = undefined
    } else if (open !== undefined) {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    } else {
      const heading = /^(#+)\s+(.*)$/.exec(line)
      if (heading !== null) parts.push({ heading: heading[2] ?? '', level: (heading[1] ?? '').length })
    }
  }
  return parts
}

function settingOf(word: string): [string, string] {
  const at = word.indexOf('=')
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
}
