/** A fenced block of a Markdown text. */
export interface Fence {
  readonly language: string
  readonly settings: ReadonlyMap<string, string>
  readonly text: string
  /** The line where the block opens, counted from 1. */
  readonly line: number
}

export type Part = Fence | { readonly heading: string; readonly level: number }

interface OpenFence {
  readonly indent: string
  readonly ticks: string
  readonly language: string
  readonly settings: Map<string, string>
  readonly lines: string[]
  readonly line: number
}

/** Headings and fenced blocks; a block inside a list item loses the item's indentation, but nothing else. */
export function partsOf(markdown: string): Part[] {
  const parts: Part[] = []
  let open: OpenFence | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^(\s*)(`{3,})(.*)$/.exec(line)
    if (open === undefined && fence !== null) {
      open = openFence(fence, index + 1)
    } else if (open !== undefined && fence !== null && fence[2] === open.ticks && fence[3]?.trim() === '') {
      const { language, settings, lines, line } = open
      parts.push({ language, settings, text: lines.join('\n'), line })
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

function openFence(fence: RegExpExecArray, line: number): OpenFence {
  const [language = '', ...settings] = (fence[3] ?? '').trim().split(/\s+/)
  return {
    indent: fence[1] ?? '',
    ticks: fence[2] ?? '',
    language,
    settings: new Map(settings.map(settingOf)),
    lines: [],
    line,
  }
}

function settingOf(word: string): [string, string] {
  const at = word.indexOf('=')
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
}
