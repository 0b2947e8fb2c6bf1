import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screenReport } from './screen.ts'

test('a terminal gets a spinner line that the next text takes back, a file gets none', () => {
  for (const isTTY of [true, false]) {
    let screen = ''
    const report = screenReport({
      transcript: undefined,
      output: { isTTY, columns: 40, write: (text) => (screen += text) },
    })
    report.waiting('for something', 0.5, 60)
    assert.equal(screen, '', 'what is quick needs no spinner')
    report.waiting('for something with a name too long for this terminal', 12.3, 60)
    report.shown('watch', ['web-0'])
    if (isTTY) assert.match(screen, /^\r\u001b\[2K.*⠙ waiting for .*… {2}12 of at most 60 s.*\r\u001b\[2K.*web-0\n$/)
    else assert.equal(screen, '[watch] web-0\n')
  }
})
