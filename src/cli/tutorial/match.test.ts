import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imagesOf, parseTutorial } from './document.ts'
import { mismatch } from './match.ts'

const exact = (...lines: string[]) => ({ lines, mode: 'exact' as const })

test('ages, addresses and blanks may differ, words may not', () => {
  const printed = 'NAME    READY   AGE\nweb-0   1/1     2m3s\r\n'
  assert.equal(mismatch(exact('NAME READY AGE', 'web-0 1/1 <age>'), printed), undefined)
  assert.match(
    mismatch(exact('NAME READY AGE', 'web-0 0/1 <age>'), printed) ?? '',
    /line 2: expected "web-0 0\/1 <age>"/,
  )
})

test('what a terminal is told besides its text does not count', () => {
  assert.equal(
    mismatch(exact('MySQL [(none)]> exit;', 'Bye'), '\u001b(B\u001b[mMySQL [(none)]> exit;\r\n\u001b[?2004lBye\r\n'),
    undefined,
  )
})

test('<none> stands for itself', () => {
  assert.equal(mismatch(exact('nginx <none>'), 'nginx   <none>\n'), undefined)
  assert.notEqual(mismatch(exact('nginx <none>'), 'nginx 10.0.0.1\n'), undefined)
})

test('too many and too few lines are both wrong, and `...` stands for any number', () => {
  assert.notEqual(mismatch(exact('a'), 'a\nb\n'), undefined)
  assert.notEqual(mismatch(exact('a', 'b'), 'a\n'), undefined)
  assert.equal(mismatch(exact('a', '...', 'z'), 'a\nb\nc\nz\n'), undefined)
  assert.equal(mismatch(exact('a', '...'), 'a\n'), undefined)
})

test('contains wants the order', () => {
  const expected = { lines: ['one', 'two'], mode: 'contains' as const }
  assert.equal(mismatch(expected, 'zero\none\nx\ntwo\n'), undefined)
  assert.notEqual(mismatch(expected, 'two\none\n'), undefined)
})

test('the words of other versions of kubectl count as ours, and passing lines do not count', () => {
  assert.equal(mismatch(exact('pod "web-0" deleted'), 'pod "web-0" deleted from default namespace\n'), undefined)
  assert.equal(mismatch(exact('No resources found in default namespace.'), 'No resources found.\n'), undefined)
  const shown = "If you don't see a command prompt, try pressing enter."
  assert.equal(mismatch(exact('hello'), `${shown}\nhello\n`), undefined)
  assert.equal(mismatch(exact(shown, 'hello'), `${shown}\nhello\n`), undefined)
})

test('the images of a document are those of its files and commands', () => {
  const fences = ['```yaml file=a.yaml', '  image: a/b:1.2', '```', '```shell', 'kubectl run x --image=c:5 -i', '```']
  assert.deepEqual(imagesOf(parseTutorial(fences.join('\n'), 'test')), ['a/b:1.2', 'c:5'])
})

test('a block inside a list item keeps the lines of its own here-document', () => {
  const markdown = [
    '# T',
    '1. Do',
    '',
    '   ```shell',
    '   cat <<EOF',
    '     x',
    '   EOF',
    '   ```',
    '   ```output',
    '     x',
    '   ```',
  ].join('\n')
  const [step] = parseTutorial(markdown, 'test').steps
  assert.ok(step?.kind === 'run')
  assert.equal(step.script, 'cat <<EOF\n  x\nEOF')
  assert.deepEqual(step.expected, { lines: ['  x'], mode: 'exact' })
})
