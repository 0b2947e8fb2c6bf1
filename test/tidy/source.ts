import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface Import {
  readonly from: string
  /** A file of the project, or a package's name. */
  readonly to: string
  readonly typeOnly: boolean
}

export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
}

/** Every TypeScript file that git knows or would know (ignored ones are left out). */
export function sourceFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter((path) => path !== '' && existsSync(path))
    .map(read)
}

function read(path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  return { path, text, lines: text.split('\n'), imports: importsOf(path, text) }
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\('([^']+)'\)/g

function importsOf(path: string, text: string): Import[] {
  const stated = [...text.matchAll(STATEMENT)].map(([, type, to]) => ({
    to: to as string,
    typeOnly: type !== undefined,
  }))
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, to]) => ({ to: to as string, typeOnly: false }))
  return [...stated, ...dynamic].map(({ to, typeOnly }) => ({
    from: path,
    to: to.startsWith('.') ? normalize(join(dirname(path), to)) : to,
    typeOnly,
  }))
}

/** Tests, and what only tests use: suites, fakes, child processes and `testing/` folders. */
export const isTest = (path: string): boolean =>
  /\.test\.ts$|_suite\.ts$|\/suite_\w+\.ts$|\/fake_\w+\.ts$|_child\.ts$|\/testing\/|^test\//.test(path)

/** Code with comments and texts blanked out, line for line, so that a pattern finds only code. */
export function codeLines(file: SourceFile): string[] {
  const blank = (match: string) => match.replace(/[^\n]/g, ' ')
  return file.text
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/'(?:[^'\\\n]|\\.)*'/g, (text) => `'${' '.repeat(Math.max(0, text.length - 2))}'`)
    .replace(/\/\/[^\n]*/g, blank)
    .split('\n')
}
