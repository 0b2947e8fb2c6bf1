import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod } from '../../api/types.ts'
import { systemClock } from '../../base/clock.ts'
import type { UsagePort, UsageSample } from '../../node/stats/usage_port.ts'

const ROOT = '/sys/fs/cgroup'
const NANOS_PER_MICRO = 1000

/**
 * Reads what a node's pods use from their cgroups, below the node's own: a few small files, and no
 * question to the runtime, which would have to wake a process for each pod.
 */
export function createUsage(parent: string, root: string = ROOT): UsagePort {
  const read = isVersion2(root) ? readVersion2 : readVersion1
  const sampleOf = async (name: string): Promise<UsageSample | undefined> => {
    try {
      return await read(root, name)
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }
  const podGroup = ({ metadata }: Pod): string => join(parent, `pod${metadata.uid}`)
  return {
    ofNode: () => sampleOf(parent),
    ofPod: ({ pod }) => sampleOf(podGroup(pod)),
    ofContainer: (pod, { id }) => sampleOf(join(podGroup(pod), id)),
  }
}

const isVersion2 = (root: string): boolean => existsSync(join(root, 'cgroup.controllers'))

/** The group has ended, perhaps between two of its files. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENODEV' || code === 'ENOTDIR'
}

async function readVersion1(root: string, name: string): Promise<UsageSample> {
  const [cpu, memory, stat] = await Promise.all([
    readFile(join(root, 'cpuacct', name, 'cpuacct.usage'), 'latin1'),
    readFile(join(root, 'memory', name, 'memory.usage_in_bytes'), 'latin1'),
    readFile(join(root, 'memory', name, 'memory.stat'), 'latin1'),
  ])
  return sample(Number(cpu), Number(memory), fieldOf(stat, 'total_inactive_file'))
}

async function readVersion2(root: string, name: string): Promise<UsageSample> {
  const [cpu, memory, stat] = await Promise.all(
    ['cpu.stat', 'memory.current', 'memory.stat'].map((file) => readFile(join(root, name, file), 'latin1')),
  )
  return sample(
    fieldOf(cpu ?? '', 'usage_usec') * NANOS_PER_MICRO,
    Number(memory),
    fieldOf(stat ?? '', 'inactive_file'),
  )
}

function sample(cpuNanoseconds: number, memoryBytes: number, reclaimableBytes: number): UsageSample {
  const workingSetBytes = Math.max(0, memoryBytes - reclaimableBytes)
  return { at: systemClock.now(), cpuNanoseconds, memoryBytes, workingSetBytes }
}

/** The number behind a name in a file of lines `name number`. */
function fieldOf(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return line === undefined ? 0 : Number(line.slice(name.length + 1))
}
