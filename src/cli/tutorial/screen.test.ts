import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Footer, screenReport } from './screen.ts'

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

test('a footer stays below the text on a terminal, and elsewhere is told line by line', () => {
  let members = ['mysql-0 Pending']
  const news = () => members.splice(0).map((line) => `[members] ${line}`)
  const footer: Footer = { lines: () => ['members', ...members], news }
  const show = (isTTY: boolean) => {
    let screen = ''
    const output = { isTTY, columns: 80, write: (text: string) => (screen += text) }
    return { report: screenReport({ transcript: undefined, output, footer }), shown: () => screen }
  }
  const terminal = show(true)
  terminal.report.waiting('for it', 0.1, 60)
  members = ['mysql-0 Running']
  terminal.report.printed('text\n')
  terminal.report.ended()
  assert.equal(lastScreen(terminal.shown()), 'text\n')
  terminal.report.waiting('for it', 2, 60)
  assert.match(lastScreen(terminal.shown()), /^text\nmembers\nmysql-0 Running\n. waiting for it {2}2 of at most 60 s$/)
  const file = show(false)
  file.report.waiting('for it', 2, 60)
  file.report.waiting('for it', 3, 60)
  assert.equal(file.shown(), '[members] mysql-0 Running\n')
})

/** What a terminal shows in the end that knows how to erase a line and to go up. */
function lastScreen(written: string): string {
  const lines = ['']
  let at = 0
  for (const [piece] of written
    .replaceAll(/\u001b\[\d+m/g, '')
    .matchAll(/\r|\n|\u001b\[2K|\u001b\[1A|[^\r\n\u001b]+/g)) {
    if (piece === '\n') at += 1
    else if (piece === '\u001b[1A') at -= 1
    else if (piece === '\u001b[2K') lines[at] = ''
    else if (piece !== '\r') lines[at] = `${lines[at] ?? ''}${piece}`
  }
  return Array.from({ length: lines.length }, (_, index) => lines[index] ?? '')
    .join('\n')
    .replace(/\n+$/, '\n')
}
