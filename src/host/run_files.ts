import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { endProcess, isAlive, type ProcessIdentity } from './processes.ts'

/**
 * A run file says which process plays a part: its number and the kernel's start time, so that a
 * stale file is never taken for a stranger that got the same number.
 */
export type RunFile<Facts extends object = object> = ProcessIdentity & { readonly facts: Facts }

/** Replaces the file in one step; it may be read by anybody at any time. */
export function writeRunFile<Facts extends object>(path: string, process: ProcessIdentity, facts: Facts): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, `${JSON.stringify({ pid: process.pid, startTime: process.startTime, facts })}\n`, {
    mode: 0o600,
  })
  renameSync(`${path}.new`, path)
}

/** What the file says, if its process still runs; undefined when it is missing, stale or cut short. */
export function readRunFile<Facts extends object = object>(path: string): RunFile<Facts> | undefined {
  const stored = parse<Facts>(path)
  return stored !== undefined && isAlive(stored) ? stored : undefined
}

/** Ends the process of a run file (SIGTERM, SIGKILL after `graceMs`) and removes the file. */
export async function endByRunFile(path: string, graceMs: number): Promise<void> {
  const running = readRunFile(path)
  if (running !== undefined) await endProcess(running, graceMs)
  rmSync(path, { force: true })
}

function parse<Facts extends object>(path: string): RunFile<Facts> | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunFile<Facts>>
    if (typeof value.pid !== 'number' || typeof value.startTime !== 'string') return undefined
    return { pid: value.pid, startTime: value.startTime, facts: value.facts ?? ({} as Facts) }
  } catch {
    return undefined
  }
}
