import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { DataDirectory } from './data_directory.ts'

/** What one part of a running cluster keeps in memory; shared pages count by their share. */
export interface PartMemory {
  readonly part: 'berthd' | 'agents' | 'containerd' | 'pods'
  readonly bytes: number
}

/** The memory of everything that runs for this data directory, largest part of Berth first, pods last. */
export function memoryByPart(directory: DataDirectory): readonly PartMemory[] {
  const sums = new Map<PartMemory['part'], number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const part = partOf(directory, textOf(`/proc/${entry}/cmdline`), textOf(`/proc/${entry}/cgroup`))
    if (part !== undefined) sums.set(part, (sums.get(part) ?? 0) + shareOf(textOf(`/proc/${entry}/smaps_rollup`)))
  }
  const order = ['berthd', 'agents', 'containerd', 'pods'] as const
  return order.filter((part) => sums.has(part)).map((part) => ({ part, bytes: sums.get(part) ?? 0 }))
}

/** Each process of a cluster names its data directory or its run directory: in its arguments, or by its cgroup. */
function partOf(directory: DataDirectory, commandLine: string, cgroup: string): PartMemory['part'] | undefined {
  if (cgroup.includes(`/${basename(directory.run)}/`)) return 'pods'
  const args = commandLine.split('\0')
  if (args.includes('daemon') && args.includes(directory.root)) return 'berthd'
  const isOurs = args.some((argument) => argument.startsWith(`${directory.run}/`))
  if (!isOurs) return undefined
  return args.includes('agent') ? 'agents' : 'containerd'
}

function shareOf(rollup: string): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024
}

/** Empty for a process that has just ended, or that is not ours to look at. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
