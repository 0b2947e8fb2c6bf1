import assert from 'node:assert/strict'
import { test } from 'node:test'
import { layers, machineFolders, portsWithErrors } from './layers.ts'
import { codeLines, type Import, isTest, type SourceFile, sourceFiles } from './source.ts'

/** The habits of the house that a script can check. Each message says what would be allowed. */

const FILE_LINES_MAX = 300
const FUNCTION_LINES_MAX = 70

const PARTS = /^src\/(store|server|client|controllers|scheduler|node|network)\//

const files = sourceFiles()
const core = files.filter((file) => !isTest(file.path))

test('each folder imports only what the layer table allows', () => {
  const wrong = core.flatMap((file) => file.imports.filter((wanted) => isProjectFile(wanted.to) && !isAllowed(wanted)))
  none(
    wrong.map(
      ({ from, to }) =>
        `${from} imports ${to}; ${folderOf(from)} may import: ${layers[folderOf(from)]?.join(', ') || 'nothing'}`,
    ),
  )
})

test('the host imports only types of the parts whose ports it implements', () => {
  const values = core
    .filter((file) => file.path.startsWith('src/host/'))
    .flatMap((file) => file.imports)
    .filter(({ to, typeOnly }) => PARTS.test(to) && !typeOnly && !portsWithErrors.includes(to))
  none(values.map(({ from, to }) => `${from} imports ${to} as a value; use \`import type\``))
})

test('time, chance and the machine are reached only through ports', () => {
  const banned: readonly [RegExp, string][] = [
    [/\bDate\.now\(|new Date\(\)/, 'take the time from a Clock'],
    [/\b(setTimeout|setInterval|setImmediate)\(/, 'use Clock.after'],
    [/\bMath\.random\(|\brandomUUID\(/, 'take chance from a Random'],
    [/^import (?!type).* from '\s+'|\bprocess\./, 'only base and host may touch the process'],
  ]
  const found = core.filter((file) => !isMachine(file.path)).flatMap((file) => matches(file, banned.slice(0, 3)))
  const node = core
    .filter((file) => !isMachine(file.path))
    .flatMap((file) => file.imports.filter(({ to, typeOnly }) => to.startsWith('node:') && !typeOnly))
    .map(({ from, to }) => `${from} imports ${to}; only ${machineFolders.join(', ')} may`)
  none([...found, ...node])
})

test('@kubernetes/client-node gives types only', () => {
  const values = core
    .flatMap((file) => file.imports)
    .filter(({ to, typeOnly }) => to.startsWith('@kubernetes/client-node') && !typeOnly)
  none(
    values.map(
      ({ from }) => `${from} imports it as a value, which costs half a second and 128 MB; use \`import type\``,
    ),
  )
})

test(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
  none(
    core
      .filter((file) => file.lines.length > FILE_LINES_MAX + 1)
      .map((file) => `${file.path}: ${file.lines.length} lines; give a part of it a file of its own`),
  )
})

test(`no function is longer than ${FUNCTION_LINES_MAX} lines`, () => {
  none(core.flatMap(longFunctions))
})

test('nothing is exported by default, and no file only passes on others', () => {
  const defaults = core.flatMap((file) => matches(file, [[/^export default /, 'export it by name']]))
  const passing = core.flatMap((file) => matches(file, [[/^export \* from/, 'import from the file itself']]))
  none([...defaults, ...passing])
})

test('every file is reached from an entry point or a test', () => {
  const reached = reachable(files)
  none(files.filter((file) => !reached.has(file.path)).map((file) => `${file.path} is imported by nobody; delete it`))
})

test('no test is skipped or singled out', () => {
  none(
    files
      .filter((file) => isTest(file.path))
      .flatMap((file) => matches(file, [[/\b(test|it|describe)\.(only|skip)\(/, 'mend it or delete it']])),
  )
})

function isAllowed({ from, to }: Import): boolean {
  const folder = folderOf(from)
  if (to.startsWith(`${folder}/`) && !folder.startsWith('src/controllers')) return true
  const allowed = layers[folder]
  if (allowed === undefined) return false
  if (folder === 'src/controllers' && sameController(from, to)) return true
  if (folder === 'src/host' && PARTS.test(to)) return true
  return allowed.some((prefix) => to === prefix || to.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))
}

/** A controller may import its own folder, never another controller's. */
function sameController(from: string, to: string): boolean {
  const own = from.split('/').slice(0, 3).join('/')
  return to.startsWith(`${own}/`)
}

function folderOf(path: string): string {
  const prefixes = Object.keys(layers).filter((prefix) => path === prefix || path.startsWith(`${prefix}/`))
  return prefixes.sort((a, b) => b.length - a.length)[0] ?? path
}

const isProjectFile = (path: string) => /^[a-z]+\//.test(path) && path.endsWith('.ts')
const isMachine = (path: string) =>
  machineFolders.some((folder) => path.startsWith(`${folder}/`) || path === `${folder}.ts`)

function matches(file: SourceFile, patterns: readonly (readonly [RegExp, string])[]): string[] {
  return codeLines(file).flatMap((line, index) =>
    patterns
      .filter(([pattern]) => pattern.test(line))
      .map(([, advice]) => `${file.path}:${index + 1}: ${file.lines[index]?.trim()} — ${advice}`),
  )
}

/** Finds functions by their indentation: the formatter guarantees that the closing brace stands under the start. */
function longFunctions(file: SourceFile): string[] {
  const starts =
    /^(\s*)(?:export )?(?:async )?(?:function\*? \w+|(?:static |async |\*|get |set |#)*[\w#]+\([^)]*\)[^=;]*\{$|const \w+ = (?:async )?\([^)]*\).*=> \{$)/
  return file.lines.flatMap((line, index) => {
    const indent = starts.exec(line)?.[1]
    if (indent === undefined || /^\s*(if|for|while|switch|return|describe|test)\b/.test(line)) return []
    const length = file.lines.slice(index + 1).findIndex((later) => later.startsWith(`${indent}}`)) + 2
    return length > FUNCTION_LINES_MAX
      ? [`${file.path}:${index + 1}: ${length} lines; move straight work into helpers`]
      : []
  })
}

function reachable(all: readonly SourceFile[]): Set<string> {
  const byPath = new Map(all.map((file) => [file.path, file]))
  const entries = all.filter(
    (file) =>
      isTest(file.path) ||
      /^(src\/main|src\/host\/.*worker|scripts\/|bench\/|conformance\/run|simulation\/(soak|rest_soak)|images\/)/.test(
        file.path,
      ),
  )
  const reached = new Set<string>()
  const queue = entries.map((file) => file.path)
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const { to } of byPath.get(path)?.imports ?? []) if (byPath.has(to)) queue.push(to)
  }
  return reached
}

function none(found: readonly string[]): void {
  assert.equal(found.length, 0, `\n${found.join('\n')}`)
}
