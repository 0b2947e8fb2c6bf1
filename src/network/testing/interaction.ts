import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Plays an interaction file: blocks of commands, a line `----`, and what they print, up to a blank
 * line. With `REWRITE=1` in the environment the outputs are written anew, to be reviewed as a diff.
 */
export function playInteractions(path: string, run: (command: string) => string): void {
  const before = readFileSync(path, 'utf8')
  const after = before
    .trimEnd()
    .split('\n\n')
    .map((block) => playBlock(block, run))
    .join('\n\n')
  if (process.env['REWRITE'] === '1') writeFileSync(path, `${after}\n`)
  else assert.equal(`${after}\n`, before)
}

function playBlock(block: string, run: (command: string) => string): string {
  const [head = ''] = block.split('\n----')
  const commands = head.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  if (commands.length === 0) return head
  const outputs = commands.map(run).filter((text) => text !== '')
  return `${head}\n----${outputs.map((text) => `\n${text}`).join('')}`
}
