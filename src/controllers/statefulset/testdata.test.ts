import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ViewPlayer } from './testing/play_views.ts'

const folder = new URL('./testdata/', import.meta.url)

/**
 * Each file is a conversation: commands, a line of dashes, what they answered, an empty line. Set
 * REWRITE=1 to write the answers anew, and read the difference before keeping it.
 */
for (const name of readdirSync(folder)) {
  test(`decisions: ${name}`, () => {
    const file = new URL(name, folder)
    const text = readFileSync(file, 'utf8')
    const played = play(text)
    if (process.env['REWRITE'] === '1') writeFileSync(file, played)
    else assert.equal(played, text)
  })
}

function play(text: string): string {
  const player = new ViewPlayer()
  const blocks = text.trimEnd().split(/\n\n+/)
  return `${blocks.map((block) => playBlock(player, block)).join('\n\n')}\n`
}

function playBlock(player: ViewPlayer, block: string): string {
  const lines = block.split('\n')
  const end = lines.indexOf('----')
  const head = end < 0 ? lines : lines.slice(0, end)
  const commands = head.filter((line) => !line.startsWith('#'))
  if (commands.length === 0) return block
  const answers = commands.flatMap((command) => player.run(command))
  return [...head, '----', ...(answers.length > 0 ? answers : ['nothing'])].join('\n')
}
