import { UserError } from '../../main/options.ts'
import { type Fence, partsOf } from './markdown.ts'

/**
 * An executable document: Markdown in which these fenced blocks act, in order. Words behind the
 * language are settings of the block, `name` or `name=value`.
 *
 * - ```` ```yaml file=web.yaml ```` saves the block under that name in the reader's folder (any language).
 * - ```` ```shell ```` runs the block in the main terminal. `tty`: on a terminal of its own, as
 *   `-it` needs; `retry=60`: repeats it until the output matches, for so many seconds; `exit=1`: it
 *   must end with that code; `timeout=120`: seconds that it may take; `terminal=watch`: types it
 *   into a second terminal, behind a Ctrl-C if it is not its first, and goes on; `capture=node`: keeps what it printed as `$node` for later
 *   blocks; `start-over`: runs only when an earlier play of the document was cut short; `clean-up`: a
 *   play that is to leave what it built ends before it; `nodes=3`: the
 *   document needs a cluster of so many nodes; `kubectl=27`: it needs kubectl 1.27 or newer.
 * - ```` ```output ```` is what the block above prints. `contains`: these lines in this order, others
 *   between them; `unordered`: in any order. With `terminal=watch within=60` it is what the second terminal
 *   shows next: lines in this order (`unordered`: in any) with others between them; `absent=5`:
 *   what it must not show for so many seconds.
 * - ```` ```input terminal=watch ```` types lines into what runs there; `^C` and `^D` are keys.
 */
export interface TutorialDocument {
  readonly title: string
  /** The cluster must have at least so many. */
  readonly nodes: number
  /** The oldest kubectl that prints what it says, as the second number of its version; 0 if any does. */
  readonly kubectl: number
  readonly steps: readonly TutorialStep[]
}

export type TutorialStep =
  | { readonly kind: 'section'; readonly title: string }
  | { readonly kind: 'file'; readonly path: string; readonly content: string; readonly line: number }
  | RunStep
  | InputStep
  | SeenStep

export interface InputStep {
  readonly kind: 'input'
  readonly terminal: string
  readonly text: string
  readonly line: number
}

export interface SeenStep {
  readonly kind: 'seen'
  readonly terminal: string
  readonly withinSeconds: number
  /** Greater than 0: the lines must not show for so long. */
  readonly absentSeconds: number
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
  readonly startOver: boolean
  readonly cleanUp: boolean
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
  'absent',
  'start-over',
  'clean-up',
  'nodes',
  'kubectl',
]

/** @throws UserError that names the line of what is not understood */
export function parseTutorial(markdown: string, name: string): TutorialDocument {
  const steps: TutorialStep[] = []
  let title = name
  let nodes = 1
  let kubectl = 0
  for (const part of partsOf(markdown)) {
    if ('heading' in part) {
      if (part.level === 1) title = part.heading
      else steps.push({ kind: 'section', title: part.heading })
    } else {
      nodes = Math.max(nodes, numberOf(part, 'nodes', 1, name))
      kubectl = Math.max(kubectl, numberOf(part, 'kubectl', 0, name))
      addFence(steps, part, name)
    }
  }
  return { title, nodes, kubectl, steps }
}

/** The images that a document names, in its files and its commands. */
export function imagesOf(document: TutorialDocument): readonly string[] {
  const texts = document.steps.map((step) =>
    step.kind === 'file' ? step.content : step.kind === 'run' ? step.script : '',
  )
  const found = texts.flatMap((text) => [...text.matchAll(/(?:\bimage: *|--image[= ])"?([\w./-]+(?::[\w.-]+)?)/g)])
  return [...new Set(found.map((match) => match[1] ?? ''))]
}

function addFence(steps: TutorialStep[], fence: Fence, name: string): void {
  const unknown = [...fence.settings.keys()].find((key) => !KNOWN_SETTINGS.includes(key))
  if (unknown !== undefined) throw new UserError(`${name}:${fence.line}: "${unknown}" is no setting of a block`)
  const terminal = fence.settings.get('terminal')
  const file = fence.settings.get('file')
  if (file !== undefined) {
    steps.push({ kind: 'file', path: file, content: `${fence.text}\n`, line: fence.line })
  } else if (fence.language === 'shell') {
    steps.push(runStep(fence, name))
  } else if (fence.language === 'input' && terminal !== undefined) {
    steps.push({ kind: 'input', terminal, text: fence.text, line: fence.line })
  } else if (fence.language === 'output' && terminal !== undefined) {
    steps.push(seenStep(fence, terminal, name))
  } else if (fence.language === 'output') {
    const last = steps.at(-1)
    if (last?.kind !== 'run' || last.terminal !== undefined)
      throw new UserError(`${name}:${fence.line}: an output block must stand behind a shell block`)
    steps[steps.length - 1] = { ...last, expected: expectedOf(fence) }
  }
}

function runStep(fence: Fence, name: string): RunStep {
  return {
    kind: 'run',
    script: fence.text,
    line: fence.line,
    terminal: fence.settings.get('terminal'),
    tty: fence.settings.has('tty'),
    startOver: fence.settings.has('start-over'),
    cleanUp: fence.settings.has('clean-up'),
    retrySeconds: numberOf(fence, 'retry', 0, name),
    timeoutSeconds: numberOf(fence, 'timeout', TIMEOUT_SECONDS, name),
    exit: numberOf(fence, 'exit', 0, name),
    capture: fence.settings.get('capture'),
    expected: undefined,
  }
}

function seenStep(fence: Fence, terminal: string, name: string): SeenStep {
  const { lines, mode } = expectedOf(fence)
  return {
    kind: 'seen',
    terminal,
    withinSeconds: numberOf(fence, 'within', WITHIN_SECONDS, name),
    absentSeconds: numberOf(fence, 'absent', 0, name),
    expected: { lines, mode: mode === 'exact' ? 'contains' : mode },
    line: fence.line,
  }
}

function expectedOf(fence: Fence): Expected {
  const mode = fence.settings.has('contains') ? 'contains' : fence.settings.has('unordered') ? 'unordered' : 'exact'
  return { lines: fence.text.split('\n'), mode }
}

function numberOf(fence: Fence, setting: string, unset: number, name: string): number {
  const text = fence.settings.get(setting)
  if (text === undefined) return unset
  if (!/^\d+$/.test(text))
    throw new UserError(`${name}:${fence.line}: ${setting}= must be a whole number, not "${text}"`)
  return Number(text)
}
