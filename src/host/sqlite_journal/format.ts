import { chmodSync, existsSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** Marks the file as Berth's own ("brth"). */
const APPLICATION_ID = 0x62727468

/** The format that this version writes. */
export const FORMAT = 1

/** Leads from one format to the next, inside a transaction. */
export type Migration = (database: DatabaseSync) => void

/** The step from each older format, by its number. There is no way back. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map()

/** Which format is wanted, and how one gets there. */
export interface FormatOptions {
  readonly format: number
  readonly migrations: ReadonlyMap<number, Migration>
}

/** One row a transaction: the key's state from this revision on, or for a deletion its last one. */
const SCHEMA = `
  CREATE TABLE history (
    revision INTEGER PRIMARY KEY,
    type INTEGER NOT NULL,
    resource TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    previous INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX history_by_key ON history (resource, namespace, name, revision);
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('compacted', 0);
`

/**
 * Opens the file for this process alone, in the wanted format.
 * @throws Error that says so if another process has it, or if its format is a newer one.
 */
export function openDatabase(file: string, options: FormatOptions = { format: FORMAT, migrations: MIGRATIONS }) {
  const database = new DatabaseSync(file)
  try {
    // It holds secrets. SQLite gives the files beside it the same mode.
    chmodSync(file, 0o600)
    lock(database, file)
    bringToFormat(database, file, options)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function lock(database: DatabaseSync, file: string): void {
  try {
    // Exclusive before WAL: then no shared-memory file is made, and the lock lives and dies with the process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = FULL')
    database.exec('PRAGMA journal_size_limit = 67108864')
    database.exec('BEGIN EXCLUSIVE; COMMIT')
  } catch (error) {
    if (isBusy(error)) throw new Error(`${file} is in use by another server`, { cause: error })
    throw new Error(`cannot open ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function isBusy(error: unknown): boolean {
  const BUSY = 5
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === BUSY
}

function bringToFormat(database: DatabaseSync, file: string, { format, migrations }: FormatOptions): void {
  const found = pragma(database, 'user_version')
  if (found === 0) {
    create(database, file, format)
    return
  }
  if (pragma(database, 'application_id') !== APPLICATION_ID) throw new Error(`${file} is not a store of Berth`)
  if (found > format) {
    throw new Error(`${file} has format ${found}, written by a newer version; this version reads up to ${format}`)
  }
  if (found < format) migrate(database, file, found, { format, migrations })
}

function create(database: DatabaseSync, file: string, format: number): void {
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  if (!isEmpty) throw new Error(`${file} is not a store of Berth`)
  inTransaction(database, () => {
    database.exec(SCHEMA)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec(`PRAGMA user_version = ${format}`)
  })
}

/** Keeps a copy beside the file, then takes all steps at once or none. */
function migrate(database: DatabaseSync, file: string, found: number, { format, migrations }: FormatOptions): void {
  const copy = `${file}.format-${found}`
  if (existsSync(copy)) rmSync(copy)
  database.prepare('VACUUM INTO ?').run(copy)
  inTransaction(database, () => {
    for (let at = found; at < format; at++) {
      const step = migrations.get(at)
      if (step === undefined) throw new Error(`${file} has format ${found}, from which no way leads to ${format}`)
      step(database)
    }
    database.exec(`PRAGMA user_version = ${format}`)
  })
}

/** Runs `work` in one transaction; if it throws, nothing of it stays. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}
