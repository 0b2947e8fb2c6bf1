import { readdirSync, readFileSync } from 'node:fs'
import type { Case } from './case.ts'
import type { Connection } from './connection.ts'
import { playCase } from './play.ts'

export interface CaseResult {
  /** File name without `.json`: `api-crud`. */
  readonly file: string
  readonly name: string
  /** Empty: the case passed. */
  readonly problems: readonly string[]
}

export interface SuiteOptions {
  /** File names without `.json`. */
  readonly files: readonly string[]
  /** Only cases whose `file name` contains this. */
  readonly only?: string
  /** Cases at once. */
  readonly jobs?: number
  /** Told of each result as it comes. */
  readonly report?: (result: CaseResult) => void
}

const CASES = new URL('../cases/', import.meta.url)

/** The names of all case files, sorted; `prefix` narrows them (`api-`). */
export function caseFiles(prefix = ''): string[] {
  const names = readdirSync(CASES).filter((name) => name.endsWith('.json') && name.startsWith(prefix))
  return names.map((name) => name.slice(0, -'.json'.length)).sort()
}

/** Plays the cases of some files, several at once; those marked `alone` afterwards, one at a time. */
export async function playSuite(connection: Connection, options: SuiteOptions): Promise<CaseResult[]> {
  const work = options.files.flatMap((file) => load(file).map((script) => ({ file, script })))
  const chosen = work.filter(({ file, script }) => `${file} ${script.case}`.includes(options.only ?? ''))
  const results: CaseResult[] = []
  const drain = async (queue: typeof chosen) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const result = { file: item.file, name: item.script.case, problems: await playCase(connection, item.script) }
      results.push(result)
      options.report?.(result)
    }
  }
  const together = chosen.filter(({ script }) => !script.alone)
  await Promise.all(Array.from({ length: options.jobs ?? 4 }, () => drain(together)))
  await drain(chosen.filter(({ script }) => script.alone))
  return results
}

const load = (file: string): Case[] => JSON.parse(readFileSync(new URL(`${file}.json`, CASES), 'utf8')) as Case[]
