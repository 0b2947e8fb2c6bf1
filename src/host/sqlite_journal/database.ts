import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import type {
  EventsQuery,
  JournalEvent,
  JournalPosition,
  JournalRecord,
  SnapshotQuery,
  SnapshotResult,
} from '../../store/journal.ts'
import type { Revision, StoreEventType, StoreKey } from '../../store/store.ts'
import { Checkpoints } from './checkpoints.ts'
import { inTransaction } from './format.ts'

/** How event types lie in the database; the numbers never change. */
const TYPES: readonly StoreEventType[] = ['created', 'updated', 'deleted']
const DELETED = TYPES.indexOf('deleted')

type Row = Record<string, SQLOutputValue>

/** In key order, the newest state of the keys behind a key, deletions among them. */
const LOAD = `
  SELECT history.* FROM history JOIN (
    SELECT max(revision) AS newest FROM history WHERE (resource, namespace, name) > (?, ?, ?)
    GROUP BY resource, namespace, name ORDER BY resource, namespace, name LIMIT ?
  ) ON revision = newest ORDER BY resource, namespace, name`

const EVENTS = `
  SELECT * FROM history
  WHERE revision > ?1 AND revision <= ?2 AND resource = ?3 AND (?4 IS NULL OR namespace = ?4)
  ORDER BY revision LIMIT ?5`

const STATES_AT = `
  FROM history JOIN (
    SELECT max(revision) AS newest FROM history
    WHERE resource = ?1 AND revision <= ?2 AND (?3 IS NULL OR namespace = ?3)
      AND (?4 IS NULL OR (namespace, name) > (?4, ?5))
    GROUP BY namespace, name
  ) ON revision = newest WHERE type <> ${DELETED}`

/** The journal's work on an open database, synchronous as SQLite is; it runs in the worker. */
export class JournalDatabase {
  readonly #database: DatabaseSync
  readonly #checkpoints: Checkpoints
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#checkpoints = new Checkpoints(database)
  }

  /** The newest states of the first `limit` keys behind `after`, and the last key seen; none at the end. */
  loadPage(after: StoreKey, limit: number): { records: JournalRecord[]; last: StoreKey | undefined } {
    const rows = this.#prepare(LOAD).all(after.resource, after.namespace, after.name, limit)
    const records = rows.map(recordFromRow)
    return { records: records.filter(({ type }) => type !== 'deleted'), last: records.at(-1)?.key }
  }

  append(records: readonly JournalRecord[]): void {
    const insert = this.#prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    inTransaction(this.#database, () => {
      let expected = this.position().revision
      for (const record of records) {
        if (record.revision !== ++expected) throw new Error(`revision ${record.revision} comes instead of ${expected}`)
        const { resource, namespace, name } = record.key
        const type = TYPES.indexOf(record.type)
        insert.run(record.revision, type, resource, namespace, name, record.previous, checksum(record), record.bytes)
      }
    })
    this.#checkpoints.written(records.length)
  }

  position(): JournalPosition {
    const newest = Number(this.#prepare('SELECT max(revision) AS value FROM history').get()?.['value'] ?? 0)
    const compacted = Number(this.#prepare("SELECT value FROM meta WHERE name = 'compacted'").get()?.['value'])
    // The last record may have been a deletion that compaction has removed.
    return { revision: Math.max(newest, compacted), compacted }
  }

  /** Removes what the changes up to `revision` replaced, and the deletions among them. */
  compact(revision: Revision): void {
    const { compacted } = this.position()
    if (revision <= compacted) return
    inTransaction(this.#database, () => {
      const replaced = 'SELECT previous FROM history WHERE revision > ? AND revision <= ? AND previous > 0'
      this.#prepare(`DELETE FROM history WHERE revision IN (${replaced})`).run(compacted, revision)
      const deletions = `DELETE FROM history WHERE revision > ? AND revision <= ? AND type = ${DELETED}`
      this.#prepare(deletions).run(compacted, revision)
      this.#prepare("UPDATE meta SET value = ? WHERE name = 'compacted'").run(revision)
    })
  }

  events({ range, after, upTo, limit }: EventsQuery): JournalEvent[] {
    const rows = this.#prepare(EVENTS).all(after, upTo, range.resource, range.namespace ?? null, limit)
    return rows.map(recordFromRow).map((record) => ({ record, previousBytes: this.#bytesAt(record.previous) }))
  }

  snapshot({ range, at, after, limit }: SnapshotQuery): SnapshotResult {
    const asked = [range.resource, at, range.namespace ?? null, after?.namespace ?? null, after?.name ?? null]
    const list = this.#prepare(`SELECT history.* ${STATES_AT} ORDER BY namespace, name LIMIT ?6`)
    const records = list.all(...asked, limit ?? -1).map(recordFromRow)
    const total = Number(this.#prepare(`SELECT count(*) AS value ${STATES_AT}`).get(...asked)?.['value'])
    return { records, remaining: total - records.length }
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #bytesAt(revision: Revision): Uint8Array | undefined {
    if (revision === 0) return undefined
    const row = this.#prepare('SELECT * FROM history WHERE revision = ?').get(revision)
    if (row === undefined) throw new Error(`the history lacks revision ${revision}`)
    return recordFromRow(row).bytes
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, known)
    return known
  }
}

function recordFromRow(row: Row): JournalRecord {
  const key = { resource: String(row['resource']), namespace: String(row['namespace']), name: String(row['name']) }
  const revision = Number(row['revision'])
  const type = TYPES[Number(row['type'])]
  const bytes = row['bytes']
  if (type === undefined || !(bytes instanceof Uint8Array)) throw new Error(`revision ${revision} is not readable`)
  const record = { revision, type, key, previous: Number(row['previous']), bytes }
  if (checksum(record) === row['checksum']) return record
  throw new Error(`revision ${revision} (${key.resource} ${key.namespace}/${key.name}) is damaged: wrong checksum`)
}

/** Finds what the disk or the memory has changed by itself; SQLite has checksums in its WAL only. */
function checksum({ revision, type, key, previous, bytes }: JournalRecord): number {
  return crc32(bytes, crc32(JSON.stringify([revision, type, key.resource, key.namespace, key.name, previous])))
}
