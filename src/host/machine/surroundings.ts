import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOOL_PATH } from '../processes.ts'

/** Where a program lies, in the PATH and in the folders for the administrator's tools. */
export function findTool(name: string): string | undefined {
  const directories = [...new Set(TOOL_PATH.split(':'))].filter((directory) => directory !== '')
  return directories.map((directory) => join(directory, name)).find(isExecutable)
}

/** The folder with the CNI plugins that a node needs. */
export function findCniPlugins(): string | undefined {
  const needed = ['ptp', 'host-local', 'loopback']
  return CNI_DIRECTORIES.find((directory) => needed.every((plugin) => isExecutable(join(directory, plugin))))
}

const CNI_DIRECTORIES = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni']

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Whether this process holds CAP_SYS_RESOURCE, which is bit 24 of the effective set. */
export function mayLowerOomScore(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0'
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n
}

/** CAP_SYS_ADMIN is bit 21: without it there are no namespaces and no mounts, root or not. */
export function mayMount(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0'
  return ((BigInt(`0x${effective}`) >> 21n) & 1n) === 1n
}

export function hasOverlay(): boolean {
  return /\boverlay$/m.test(readFileSync('/proc/filesystems', 'latin1')) || existsSync('/sys/module/overlay')
}

export function hasCgroups(): boolean {
  return existsSync('/sys/fs/cgroup/cgroup.controllers') || existsSync('/sys/fs/cgroup/memory')
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
