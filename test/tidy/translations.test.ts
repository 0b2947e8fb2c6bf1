import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Fence, type Part, partsOf } from '../../src/cli/tutorial/markdown.ts'

/**
 * A translated tutorial has the commands, manifests and expected outputs of the one it was made from, in the same
 * sections: only the text differs, and lines that are nothing but a comment. One language is played; so this is what
 * makes the others true.
 */
const folder = new URL('../../tutorials/', import.meta.url).pathname
const tutorials = readdirSync(folder).filter((file) => file.endsWith('.md'))
const LANGUAGES = ['zh-CN']

for (const language of LANGUAGES) {
  for (const tutorial of tutorials) {
    test(`${tutorial} says the same in ${language}`, () => {
      const file = join(language, tutorial)
      assert.ok(existsSync(join(folder, file)), `tutorials/${file} is not there`)
      assert.deepEqual(differences(partsIn(tutorial), partsIn(file), file), [])
    })
  }

  test(`there is no tutorial in ${language} alone`, () => {
    const translated = readdirSync(join(folder, language)).filter((file) => file.endsWith('.md'))
    assert.deepEqual(
      translated.filter((file) => !tutorials.includes(file)),
      [],
    )
  })
}

test('a translation that lost a block, an attribute, a line or a heading is found out', () => {
  const written = ['# T', '```yaml file=a.yaml', '# why', 'a: 1', '```', '```output contains', '# why', 'one', '```']
  const found = (lines: readonly string[]) =>
    differences(partsOf(written.join('\n')), partsOf(lines.join('\n')), 'x.md').length
  const changed = (at: number, ...lines: string[]) => written.toSpliced(at, 1, ...lines)
  assert.equal(found(written), 0)
  assert.equal(found(written.map((line) => line.replace('why', '为什么').replace('# T', '# 题'))), 0)
  assert.ok(found(changed(0)) > 0, 'a heading is missing')
  assert.ok(found(changed(0, '## T')) > 0, 'a heading has another level')
  assert.ok(found(written.slice(0, 5)) > 0, 'a block is missing')
  assert.ok(found(changed(1, '```yaml file=b.yaml')) > 0, 'an attribute differs')
  assert.ok(found(changed(3, 'a: 2')) > 0, 'a line differs')
  assert.ok(found(changed(6)) > 0, 'a comment is missing in an output')
  assert.ok(found(changed(6, '# other')) > 0, 'an output shows a comment that no file has')
})

function partsIn(file: string): Part[] {
  return partsOf(readFileSync(join(folder, file), 'utf8'))
}

/** What differs first, as `file:line: what`; everything behind it would only follow from it. */
function differences(written: readonly Part[], translated: readonly Part[], file: string): string[] {
  const comments = new Set(
    translated.filter(isFile).flatMap(({ text }) => text.split('\n').filter(isComment).map(trim)),
  )
  for (const [index, part] of written.entries()) {
    const other = translated[index]
    const problem = other === undefined ? `misses ${nameOf(part)}` : difference(part, other, comments)
    const line = other !== undefined && isFence(other) ? other.line : '?'
    if (problem !== undefined) return [`tutorials/${file}:${line}: ${problem}`]
  }
  const more = translated[written.length]
  return more === undefined ? [] : [`tutorials/${file} has more: ${nameOf(more)}`]
}

function difference(part: Part, other: Part, comments: ReadonlySet<string>): string | undefined {
  if (!isFence(part) || !isFence(other)) {
    const same = !isFence(part) && !isFence(other) && part.level === other.level
    return same ? undefined : `expected ${nameOf(part)}, found ${nameOf(other)}`
  }
  if (openingOf(part) !== openingOf(other)) return `expected \`${openingOf(part)}\`, found \`${openingOf(other)}\``
  const [lines, otherLines] = [part.text.split('\n'), other.text.split('\n')]
  const at = lines.findIndex((line, index) => !sameLine(line, otherLines[index], part, comments))
  if (at >= 0) return `expected "${lines[at]}", found "${otherLines[at] ?? '(no more lines)'}"`
  return otherLines.length > lines.length ? `has more: "${otherLines[lines.length]}"` : undefined
}

/** A comment may be translated where it stands; an output may show it only as a file has it. */
function sameLine(line: string, other: string | undefined, block: Fence, comments: ReadonlySet<string>): boolean {
  if (other === line) return true
  if (other === undefined || !isComment(line) || !isComment(other)) return false
  return block.language !== 'output' || comments.has(trim(other))
}

const isFence = (part: Part): part is Fence => 'language' in part
const isFile = (part: Part): part is Fence => isFence(part) && part.settings.has('file')
const isComment = (line: string) => /^\s*#(?!!)/.test(line)
const trim = (line: string) => line.trim()

const openingOf = ({ language, settings }: Fence): string =>
  [language, ...[...settings].map(([name, value]) => (value === '' ? name : `${name}=${value}`))].join(' ')

const nameOf = (part: Part): string =>
  isFence(part) ? `the block \`${openingOf(part)}\` (line ${part.line})` : `the heading "${part.heading}"`
