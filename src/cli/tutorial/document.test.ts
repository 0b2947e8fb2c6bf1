import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTutorial } from './document.ts'

const blockWith = (settings: string) => `\`\`\`shell ${settings}\nkubectl get nodes\n\`\`\`\n`

test('a document may need a kubectl that is not too old', () => {
  assert.equal(parseTutorial(blockWith('retry=5'), 'test').kubectl, 0)
  assert.equal(parseTutorial(blockWith('kubectl=27') + blockWith('nodes=2'), 'test').kubectl, 27)
})

test('a document needs as many nodes as its block with the most', () => {
  assert.equal(parseTutorial(blockWith('retry=5'), 'test').nodes, 1)
  assert.equal(parseTutorial(blockWith('nodes=3') + blockWith('nodes=2'), 'test').nodes, 3)
  assert.throws(() => parseTutorial(blockWith('nodes=many'), 'test.md'), /test\.md:1: nodes= must be a whole number/)
})
