import { readdirSync, readFileSync } from 'node:fs'

export interface Memory {
  /** Sum of PSS: memory shared with others counts by its share. */
  readonly pssMb: number
  /** The part of it that belongs to nobody else. */
  readonly anonymousMb: number
}

const KB_PER_MB = 1_000 / 1.024

/** The memory of all processes whose command line contains one of these texts. */
export function memoryOf(texts: readonly string[]): Memory {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && belongs(name, texts))
  const sums = pids.map((pid) => readRollup(pid))
  return {
    pssMb: sums.reduce((sum, { pss }) => sum + pss, 0) / KB_PER_MB,
    anonymousMb: sums.reduce((sum, { anonymous }) => sum + anonymous, 0) / KB_PER_MB,
  }
}

function belongs(pid: string, texts: readonly string[]): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
    return Number(pid) !== process.pid && texts.some((text) => command.includes(text))
  } catch {
    return false
  }
}

function readRollup(pid: string): { pss: number; anonymous: number } {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0)
    return { pss: field('Pss'), anonymous: field('Anonymous') }
  } catch {
    return { pss: 0, anonymous: 0 }
  }
}
