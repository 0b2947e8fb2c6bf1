import { existsSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { HostCgroups } from '../../node/host_port.ts'
import { cgroupRoots } from '../machine/teardown.ts'
import { CPU_PERIOD_US } from './limits.ts'

type PodLimits = Parameters<HostCgroups['makePod']>[0]

/** Pods' cgroups below the node's own. The runtime makes the containers' inside them. */
export function createCgroups(parent: string): HostCgroups {
  const nameOf = (uid: string) => join(parent, `pod${uid}`)
  return {
    makePod: async (limits) => {
      const roots = cgroupRoots()
      if (roots.length === 0) return ''
      const name = nameOf(limits.uid)
      if (isVersion2(roots)) await makeVersion2(join(ROOT, name), limits)
      else await makeVersion1(name, limits)
      return name
    },
    removePod: async (uid) => {
      for (const root of cgroupRoots()) await removeTree(join(root, nameOf(uid)))
    },
  }
}

const ROOT = '/sys/fs/cgroup'

function isVersion2(roots: readonly string[]): boolean {
  return roots[0] === ROOT
}

async function makeVersion1(name: string, limits: PodLimits): Promise<void> {
  if (existsSync(join(ROOT, 'cpu'))) {
    const cpu = join(ROOT, 'cpu', name)
    await fs.mkdir(cpu, { recursive: true })
    await set(cpu, 'cpu.shares', limits.cpuShares)
    if (limits.cpuQuota !== undefined) await set(cpu, 'cpu.cfs_quota_us', limits.cpuQuota)
  }
  if (existsSync(join(ROOT, 'memory'))) {
    const memory = join(ROOT, 'memory', name)
    await fs.mkdir(memory, { recursive: true })
    if (limits.memoryLimitBytes !== undefined) await set(memory, 'memory.limit_in_bytes', limits.memoryLimitBytes)
  }
}

async function makeVersion2(directory: string, limits: PodLimits): Promise<void> {
  await fs.mkdir(directory, { recursive: true })
  // A cgroup has a controller only if each one above it hands it down.
  for (const above of ancestors(directory)) await handDown(above)
  await set(directory, 'cpu.weight', weightOf(limits.cpuShares))
  await set(directory, 'cpu.max', `${limits.cpuQuota ?? 'max'} ${CPU_PERIOD_US}`)
  if (limits.memoryLimitBytes !== undefined) await set(directory, 'memory.max', limits.memoryLimitBytes)
}

/** From the root down to the parent. */
function ancestors(directory: string): readonly string[] {
  const above = dirname(directory)
  return above === ROOT ? [ROOT] : [...ancestors(above), above]
}

async function handDown(directory: string): Promise<void> {
  for (const controller of ['cpu', 'memory', 'pids']) {
    // Not every machine delegates each of them; the limits that can be set are.
    await set(directory, 'cgroup.subtree_control', `+${controller}`).catch(() => {})
  }
}

/** Shares run from 2 to 262144, weights from 1 to 10000. */
function weightOf(shares: number): number {
  return 1 + Math.trunc(((Math.max(2, shares) - 2) * 9999) / 262142)
}

async function set(directory: string, file: string, value: number | string): Promise<void> {
  await fs.writeFile(join(directory, file), String(value))
}

/** Only directories can be removed in this file system, from the leaves up. */
async function removeTree(directory: string): Promise<void> {
  const entries = await fs.readdir(directory, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(directory, entry.name))
  await fs.rmdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new Error(`cgroup ${directory}: ${error.message}`)
  })
}
