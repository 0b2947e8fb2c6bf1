import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemClock } from '../../base/clock.ts'
import { identify, isAlive, keepAwake, type ProcessIdentity } from '../processes.ts'
import { LOCK_POLL_MS, LOCK_WAIT_MS } from './limits.ts'

/**
 * Lets one process of the machine at a time do something. A lock whose holder has died is free; it
 * is taken by linking a finished file, so nobody ever sees a half-written one.
 */
export async function withLock<Result>(file: string, run: () => Promise<Result>): Promise<Result> {
  const own = identify(process.pid)
  if (own === undefined) throw new Error('this process is not in /proc')
  mkdirSync(dirname(file), { recursive: true })
  const until = systemClock.now() + LOCK_WAIT_MS
  while (!take(file, own)) {
    if (systemClock.now() > until) throw new Error(`${file} is held by another process for too long`)
    await keepAwake(LOCK_POLL_MS)
  }
  try {
    return await run()
  } finally {
    rmSync(file, { force: true })
  }
}

let attempts = 0

function take(file: string, own: ProcessIdentity): boolean {
  const holder = read(file)
  if (holder === 'stale') rmSync(file, { force: true })
  if (holder === 'held') return false
  const draft = `${file}.${own.pid}.${attempts++}`
  writeFileSync(draft, JSON.stringify(own))
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

function read(file: string): 'free' | 'held' | 'stale' {
  try {
    return isAlive(JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity) ? 'held' : 'stale'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'free' : 'stale'
  }
}
