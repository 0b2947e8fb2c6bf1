/** What a server says of itself. */
export interface Replication {
  readonly role: 'primary' | 'replica'
  /** How far a replica is behind; undefined while it does not know. */
  readonly lagSeconds?: number
  /** Why a replica does not follow. */
  readonly problem?: string
}

/** Marks the end of an answer, so that a primary's empty one is one, too. */
const END = 'berth_end'

/** The statements for a kept connection of the `mysql` client; the words are those of MySQL 5.7 and MariaDB. */
export const REPLICATION_QUESTION = `SHOW SLAVE STATUS\\G\nSELECT @@read_only AS read_only, 1 AS ${END}\\G\n`

export const isWholeAnswer = (text: string): boolean => text.includes(`${END}: 1`)

/** Reads an answer to `REPLICATION_QUESTION`: who follows nobody and may be written to is a primary. */
export function readReplication(text: string): Replication {
  const fields = new Map([...text.matchAll(/^ *(\w+): ?(.*)$/gm)].map(([, name, value]) => [name, value?.trim()]))
  if (!fields.has('Slave_IO_Running')) {
    const writable = fields.get('read_only') === '0'
    return writable ? { role: 'primary' } : { role: 'replica', problem: 'a primary to follow' }
  }
  const problem = problemOf(fields)
  const lag = fields.get('Seconds_Behind_Master')
  const lagSeconds = lag === undefined || !/^\d+$/.test(lag) ? undefined : Number(lag)
  return { role: 'replica', ...(problem && { problem }), ...(lagSeconds !== undefined && { lagSeconds }) }
}

function problemOf(fields: ReadonlyMap<string | undefined, string | undefined>): string | undefined {
  if (fields.get('Slave_SQL_Running') !== 'Yes') return fields.get('Last_SQL_Error') || 'a thread that applies the log'
  if (fields.get('Slave_IO_Running') === 'Connecting') return 'the primary to answer'
  if (fields.get('Slave_IO_Running') !== 'Yes') return fields.get('Last_IO_Error') || 'a thread that fetches the log'
  return undefined
}
