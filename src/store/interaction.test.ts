import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { StoreInteraction } from './testing/interaction.ts'

/**
 * Plays `testdata/*.txt`: lines starting with `>` are commands, what follows one is what it answered.
 * `REWRITE=1 node --test src/store/interaction.test.ts` writes the answers anew, to be reviewed as a diff.
 */
const folder = new URL('./testdata/', import.meta.url)
const rewrites = process.env['REWRITE'] === '1'

async function play(text: string): Promise<string> {
  const interaction = await StoreInteraction.open()
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) lines.push(line)
    if (line.startsWith('> ')) lines.push(line, ...(await interaction.run(line.slice(2))).map((told) => `  ${told}`))
  }
  await interaction.close()
  return lines.join('\n')
}

describe('store interactions', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
    it(name, async () => {
      const file = new URL(name, folder)
      const text = readFileSync(file, 'utf8')
      const played = await play(text)
      if (rewrites) writeFileSync(file, played)
      else assert.equal(played, text)
    })
  }
})
